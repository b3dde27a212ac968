/**
 * A server as the API shows it, latest. Lists of a thousand are common: what repeats from row to row (flavors,
 * host ids) is made once per reply.
 */
import { hash } from 'node:crypto'
import { isoMicrosNoZone, isoSeconds } from '#core/time/clock.ts'
import { bookmark, resourceLinks, type Links } from '../links.ts'
import { flavorOf, metadataOf, tagsOf, vifsOf, type ServerFault, type ServerRow, type Vif } from './server.row.ts'
import { FLAVOR_REF } from './server.schema.ts'
import type { ListedServer } from './server-list.store.ts'
import { statusOf } from './server.states.ts'

/** Who looks, and from where: made once per reply. */
export interface Viewer {
  links: Links
  extendedAttributes: boolean
  flavorExtraSpecs: boolean
  /** Details of faults inside the service. */
  faultDetails: boolean
  /** host → its status; absent where the viewer may not see it. */
  hostStatus: ((host: string | null) => string | undefined) | undefined
  nameOf: (number: number) => string
  flavors: Map<string, object>
  hostIds: Map<string, string>
}

const WITH_PROGRESS = new Set(['ACTIVE', 'BUILD', 'REBUILD', 'RESIZE', 'VERIFY_RESIZE', 'MIGRATING'])
const WITH_FAULT = new Set(['ERROR', 'DELETED'])

export function serverBrief(links: Links, row: Pick<ServerRow, 'id' | 'display_name'>): object {
  return { id: row.id, name: row.display_name, links: resourceLinks(links, 'servers', row.id) }
}

/** One literal, absent fields undefined: an object of forty fields built name by name costs ten times as much. */
export function serverDetail(viewer: Viewer, row: ListedServer): Record<string, unknown> {
  const status = row.deleted === 1 ? 'DELETED' : statusOf(row.vm_state, row.task_state)
  const vifs = row.vm_state === 'building' ? [] : vifsOf(row)
  const groups = vifs.flatMap((vif) => vif.securityGroups)
  const extended = viewer.extendedAttributes
  return {
    id: row.id, name: row.display_name, status, tenant_id: row.project_id, user_id: row.user_id, metadata: metadataOf(row),
    hostId: hostId(viewer, row), image: row.image_ref === '' ? '' : { id: row.image_ref, links: bookmark(viewer.links, 'images', row.image_ref) },
    flavor: flavorView(viewer, row), created: isoSeconds(row.created_at), updated: isoSeconds(row.updated_at), addresses: addressesOf(vifs),
    accessIPv4: row.access_ip_v4 ?? '', accessIPv6: row.access_ip_v6 ?? '', links: resourceLinks(viewer.links, 'servers', row.id),
    'OS-DCF:diskConfig': row.auto_disk_config === 1 ? 'AUTO' : 'MANUAL',
    fault: row.fault !== null && WITH_FAULT.has(status) ? faultView(viewer, JSON.parse(row.fault) as ServerFault) : undefined,
    progress: WITH_PROGRESS.has(status) ? row.progress : undefined,
    'OS-EXT-AZ:availability_zone': row.availability_zone ?? '', config_drive: row.config_drive, key_name: row.key_name,
    'OS-SRV-USG:launched_at': row.launched_at === null ? null : isoMicrosNoZone(row.launched_at),
    'OS-SRV-USG:terminated_at': row.terminated_at === null ? null : isoMicrosNoZone(row.terminated_at),
    security_groups: groups.length > 0 ? groups.map((group) => ({ name: group.name })) : undefined,
    'OS-EXT-SRV-ATTR:host': extended ? row.host : undefined,
    'OS-EXT-SRV-ATTR:instance_name': extended ? viewer.nameOf(row.number) : undefined,
    'OS-EXT-SRV-ATTR:hypervisor_hostname': extended ? row.node : undefined,
    'OS-EXT-SRV-ATTR:reservation_id': extended ? row.reservation_id : undefined,
    'OS-EXT-SRV-ATTR:launch_index': extended ? row.launch_index : undefined,
    'OS-EXT-SRV-ATTR:kernel_id': extended ? row.kernel_id : undefined,
    'OS-EXT-SRV-ATTR:ramdisk_id': extended ? row.ramdisk_id : undefined,
    'OS-EXT-SRV-ATTR:root_device_name': extended ? row.root_device_name : undefined,
    'OS-EXT-SRV-ATTR:user_data': extended ? (row.user_data ?? null) : undefined,
    'OS-EXT-SRV-ATTR:hostname': row.hostname,
    'OS-EXT-STS:task_state': row.task_state, 'OS-EXT-STS:vm_state': row.vm_state, 'OS-EXT-STS:power_state': row.power_state,
    'os-extended-volumes:volumes_attached': [], host_status: viewer.hostStatus?.(row.host),
    locked: row.locked_by !== null, locked_reason: row.locked_reason, description: row.display_description, tags: tagsOf(row),
    trusted_image_certificates: row.trusted_certs === null ? null : JSON.parse(row.trusted_certs) as string[],
  }
}

/** A single server tells its groups too. */
export function serverShow(viewer: Viewer, row: ServerRow): Record<string, unknown> {
  const server = serverDetail(viewer, row)
  server['server_groups'] = row.server_group_id === null ? [] : [row.server_group_id]
  return server
}

export function addressesOf(vifs: Vif[]): Record<string, object[]> {
  const addresses: Record<string, object[]> = {}
  for (const vif of vifs) {
    const list = (addresses[vif.label] ??= [])
    for (const ip of vif.fixedIps) list.push({ version: ip.version, addr: ip.address, 'OS-EXT-IPS:type': 'fixed', 'OS-EXT-IPS-MAC:mac_addr': vif.mac })
    for (const ip of vif.floatingIps) list.push({ version: 4, addr: ip.address, 'OS-EXT-IPS:type': 'floating', 'OS-EXT-IPS-MAC:mac_addr': vif.mac })
  }
  return addresses
}

/** Tells servers of one project on one host from others, and nothing else. */
function hostId(viewer: Viewer, row: ListedServer): string {
  if (row.host === null) return ''
  const key = row.project_id + row.host
  let id = viewer.hostIds.get(key)
  if (id === undefined) viewer.hostIds.set(key, (id = hash('sha224', key)))
  return id
}

function flavorView(viewer: Viewer, row: ListedServer): object {
  let view = viewer.flavors.get(row.flavor)
  if (view === undefined) {
    const f = flavorOf(row)
    view = {
      vcpus: f.vcpus, ram: f.ram, disk: f.disk, ephemeral: f.ephemeral, swap: f.swap, original_name: f.name,
      ...(viewer.flavorExtraSpecs ? { extra_specs: f.extra_specs } : {}),
      [FLAVOR_REF]: { id: f.id, links: bookmark(viewer.links, 'flavors', f.id) },
    }
    viewer.flavors.set(row.flavor, view)
  }
  return view
}

function faultView(viewer: Viewer, fault: ServerFault): object {
  const details = fault.details !== null && (viewer.faultDetails || fault.code !== 500) ? { details: fault.details } : {}
  return { code: fault.code, created: isoSeconds(fault.created), message: fault.message, ...details }
}
