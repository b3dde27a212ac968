/** Floating IPs: the attribute table, who may know of which, create, update, delete. */
import { isUniqueViolation } from '#core/db/database.ts'
import { allocationsOf } from '../allocation/ip-allocation.store.ts'
import type { AttributeTable, Item, Resource, View } from '../attributes/attribute.ts'
import { tagsOf } from '../attributes/children.ts'
import { toLowerCase } from '../attributes/convert.ts'
import { newRow } from '../attributes/revisions.ts'
import { revise } from '../attributes/revision.store.ts'
import { findRow } from '../attributes/select-rows.store.ts'
import { readOnly, standard, standardView } from '../attributes/standard.ts'
import { dnsDomain, ipAddress, orNull, relativeDnsName, uuid } from '../attributes/validate.ts'
import { noteChange, noteDevices } from '../changes/changes.ts'
import { ownProject, type NetworkContext } from '../context.ts'
import type { FloatingIpRow, PortRow } from '../database.ts'
import { errors } from '../errors.ts'
import { networkResource } from '../networks/network.resource.ts'
import { getPorts, updatePortRow } from '../ports/port.store.ts'
import { createServicePort } from '../ports/service-port.ts'
import { subnetsOfNetwork } from '../subnets/subnet.store.ts'
import { alreadyAssociated, associate, type Association } from './associate.ts'
import { deleteFloatingIpRow, getFloatingIp, insertFloatingIp, updateFloatingIpRow } from './floating-ip.store.ts'

const attributes: AttributeTable = standard({
  floating_ip_address: { post: true, default: null, validate: orNull(ipAddress), enforce: true, filter: true, sort: true },
  subnet_id: { post: true, default: null, validate: orNull(uuid), hidden: true },
  floating_network_id: { post: true, validate: uuid, filter: true, sort: true },
  router_id: readOnly(),
  port_id: { post: true, put: true, default: null, validate: orNull(uuid), filter: true, column: 'fixed_port_id' },
  fixed_ip_address: { post: true, put: true, default: null, validate: orNull(ipAddress), filter: true, sort: true },
  status: readOnly(),
  dns_name: { post: true, default: '', convert: toLowerCase, validate: relativeDnsName },
  dns_domain: { post: true, default: '', convert: toLowerCase, validate: dnsDomain },
  port_details: {},
})

export const floatingIpResource: Resource<FloatingIpRow> = {
  name: 'floatingip', collection: 'floatingips', table: 'floating_ips', attributes, quota: 'floatingip',
  notFound: (id) => errors.FloatingIPNotFound({ floatingipId: id }),
  scope: (ctx, rows) => rows.where('floating_ips.project_id', '=', ownProject(ctx)),
  async views(ctx, rows, fields) {
    const portIds = rows.map((r) => r.fixed_port_id).filter((id) => id !== null)
    const ports = fields === undefined || fields.has('port_details') ? new Map((await getPorts(ctx, portIds)).map((p) => [p.id, p])) : new Map<string, PortRow>()
    const tags = await tagsOf(ctx, rows)
    return rows.map((row) => floatingIpView(row, tags, row.fixed_port_id === null ? undefined : ports.get(row.fixed_port_id)))
  },
  create: createFloatingIp,
  update: updateFloatingIp,
  async delete(ctx, id) {
    const row = await getFloatingIp(ctx, id)
    if (row === undefined) throw errors.FloatingIPNotFound({ floatingipId: id })
    await deleteFloatingIpRow(ctx, row)
    if (row.router_id !== null) await noteChange(ctx, { routerIds: [row.router_id] })
    await notePorts(ctx, [row.fixed_port_id])
  },
}

function floatingIpView(row: FloatingIpRow, tags: Map<string, string[]>, port: PortRow | undefined): View {
  return {
    ...standardView(row, tags), floating_ip_address: row.floating_ip_address, floating_network_id: row.floating_network_id, router_id: row.router_id, port_id: row.fixed_port_id,
    fixed_ip_address: row.fixed_ip_address, status: row.status, dns_name: row.dns_name, dns_domain: row.dns_domain,
    port_details: port === undefined ? null : {
      name: port.name, network_id: port.network_id, mac_address: port.mac_address, admin_state_up: port.admin_state_up === 1, status: port.status, device_id: port.device_id, device_owner: port.device_owner,
    },
  }
}

async function createFloatingIp(ctx: NetworkContext, item: Item): Promise<FloatingIpRow> {
  const networkId = item['floating_network_id'] as string
  const network = await findRow(ctx, networkResource, networkId)
  if (network === undefined) throw errors.NetworkNotFound({ netId: networkId })
  if (network.external !== 1) throw errors.BadRequest({ resource: 'floatingip', msg: `Network ${networkId} is not a valid external network` })
  const ipv4 = (await subnetsOfNetwork(ctx, networkId)).filter((s) => s.ip_version === 4)
  if (ipv4.length === 0) throw errors.BadRequest({ resource: 'floatingip', msg: `Network ${networkId} does not contain any IPv4 subnet` })
  const subnetId = item['subnet_id'] as string | null
  const address = item['floating_ip_address'] as string | null
  const asked = { ...(subnetId === null ? {} : { subnet_id: subnetId }), ...(address === null ? {} : { ip_address: address }) }
  const port = await createServicePort(ctx, { projectId: '', networkId, deviceOwner: 'network:floatingip', deviceId: 'PENDING', fixedIps: Object.keys(asked).length === 0 ? undefined : [asked] })
  const outside = (await allocationsOf(ctx, [port.id])).find((a) => !a.ip_address.includes(':'))
  if (outside === undefined) throw errors.ExternalIpAddressExhausted({ netId: networkId })
  const row: FloatingIpRow = {
    ...newRow(ctx, item), floating_network_id: networkId, floating_ip_address: outside.ip_address, floating_port_id: port.id, fixed_port_id: null, fixed_ip_address: null, router_id: null,
    status: 'DOWN', dns_name: item['dns_name'] as string, dns_domain: item['dns_domain'] as string,
  }
  Object.assign(row, await associate(ctx, row, item))
  await guarded(row, row, insertFloatingIp(ctx, row))
  await updatePortRow(ctx, port.id, { device_id: row.id, status: 'N/A' })
  await revise(ctx, 'ports', port.id)
  if (row.router_id !== null) await noteChange(ctx, { routerIds: [row.router_id] })
  await notePorts(ctx, [row.fixed_port_id])
  return row
}

async function updateFloatingIp(ctx: NetworkContext, id: string, item: Item): Promise<void> {
  const row = await getFloatingIp(ctx, id)
  if (row === undefined) throw errors.FloatingIPNotFound({ floatingipId: id })
  const set: Partial<FloatingIpRow> = await associate(ctx, row, item)
  if (set.router_id !== row.router_id || set.fixed_ip_address !== row.fixed_ip_address) set.status = 'DOWN'
  if ('description' in item) set.description = item['description'] as string
  await guarded(row, set as Association, updateFloatingIpRow(ctx, id, set))
  const routerIds = [...new Set([row.router_id, set.router_id].filter((r) => r !== null && r !== undefined))]
  if (routerIds.length > 0) await noteChange(ctx, { routerIds })
  if (set.status !== undefined) await notePorts(ctx, [row.fixed_port_id, set.fixed_port_id ?? null])
}

/** The servers of these ports are reached otherwise now. */
async function notePorts(ctx: NetworkContext, portIds: readonly (string | null)[]): Promise<void> {
  const ids = [...new Set(portIds)].filter((id) => id !== null)
  if (ids.length > 0) await noteDevices(ctx, await getPorts(ctx, ids))
}

/** Two floating IPs of one network cannot lead to the same address, however close they come. */
async function guarded(floating: FloatingIpRow, wanted: Association, work: Promise<void>): Promise<void> {
  try {
    await work
  } catch (error) {
    if (isUniqueViolation(error)) throw alreadyAssociated(floating, wanted.fixed_port_id ?? '', wanted.fixed_ip_address ?? '')
    throw error
  }
}
