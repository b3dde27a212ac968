/**
 * Accepts new servers: everything that can be refused is refused here, in the caller's name; then rows and their
 * operations are written in one transaction. What happens after is `create-server.operation.ts`.
 */
import { inTransaction } from '#core/db/database.ts'
import { toJson, flag } from '#core/db/json.ts'
import { authorise } from '#core/http/context.ts'
import type { Static } from '#core/schema/schema.ts'
import { nowIso } from '#core/time/clock.ts'
import { requireZone } from '../availability-zones/require-zone.ts'
import type { ComputeContext } from '../context.ts'
import { takeNumbers } from '../counter.store.ts'
import { errors } from '../errors.ts'
import { visibleFlavor } from '../flavors/visible-flavor.ts'
import type { FlavorRow } from '../flavors/flavor.store.ts'
import { getHost, listHosts } from '../hosts/host.store.ts'
import { getKeypair, type KeypairRow } from '../keypairs/keypair.store.ts'
import { flagOr, idFromHref, normalName, shortIpV6, toInteger } from '../schema/read-values.ts'
import { countGroupMembers, getServerGroup } from '../server-groups/server-group.store.ts'
import { limitsOf } from '../quotas/effective-limits.ts'
import { newAdminPassword } from './admin-password.ts'
import { bootImageOf, layOutDisks, type GivenDevices } from './block-devices.ts'
import { createServerOperation, type Destination } from './create-server.operation.ts'
import { bootableImage, checkImageFits } from './image-check.ts'
import { resolveNetworks, resolveSecurityGroups, type NetworkWish, type NicRequest } from './requested-networks.ts'
import { hostnameFrom } from './server-name.ts'
import { checkFileQuota, checkMetadataQuota, claimQuota } from './server-quota.ts'
import { tagsText, type BlockDevice, type EmbeddedFlavor, type ImageMeta, type ServerRow } from './server.row.ts'
import type { ServerCreate } from './server.schema.ts'
import { insertServers } from './server.store.ts'
import { POWER } from './server.states.ts'

export type CreateBody = Static<typeof ServerCreate>
type Given = Omit<CreateBody['server'], 'networks'> & { networks: NetworkWish; personality?: { path?: string; contents?: string }[] }

/** Everything resolved, before rows are written. */
interface Plan {
  given: Given
  flavor: FlavorRow
  image: ImageMeta
  disks: BlockDevice[]
  keypair: KeypairRow | undefined
  nics: NicRequest[]
  securityGroups: string[] | null
  destination: Destination
  hints: Record<string, unknown>
  groupId: string | null
  adminPass: string
}

export async function createServers(ctx: ComputeContext, body: CreateBody): Promise<{ rows: ServerRow[]; adminPass: string }> {
  const given = body.server as unknown as Given
  const count = readCount(given)
  const plan = await resolvePlan(ctx, body, given, count.max)
  return await inTransaction(ctx, async (tx) => {
    const projectId = tx.identity.project?.id ?? ''
    const wanted = await claimQuota(tx, projectId, { ...count, vcpus: plan.flavor.vcpus, memoryMb: plan.flavor.memory_mb })
    if (plan.groupId !== null) await checkGroupRoom(tx, plan.groupId, wanted)
    const first = await takeNumbers(tx, 'servers', wanted)
    const reservation = `r-${tx.ids.hex().slice(0, 8)}`
    const rows = Array.from({ length: wanted }, (_, at) => serverRow(tx, plan, { number: first + at, index: at, count: wanted, reservation }))
    await insertServers(tx, rows)
    for (const row of rows) {
      await tx.operations.submit(tx, createServerOperation, {
        serverId: row.id, nics: plan.nics, securityGroups: plan.securityGroups, destination: plan.destination, files: readFiles(given),
        adminPass: row.config_drive === '' ? null : plan.adminPass,
      })
    }
    return { rows, adminPass: plan.adminPass }
  })
}

function readCount(given: Given): { min: number; max: number } {
  const min = toInteger(given.min_count ?? 1)
  const max = toInteger(given.max_count ?? min)
  if (min > max) throw errors.BadRequest({ message: 'min_count must be <= max_count' })
  if (max > 1 && given.hostname !== undefined) throw errors.AmbiguousHostname()
  return { min, max }
}

function readFiles(given: Given): { path: string; contents: string }[] {
  return (given.personality ?? []).map((file) => ({ path: file.path ?? '', contents: file.contents ?? '' }))
}

async function resolvePlan(ctx: ComputeContext, body: CreateBody, given: Given, count: number): Promise<Plan> {
  authorise(ctx, 'os_compute_api:servers:create', { project_id: ctx.identity.project?.id, user_id: ctx.identity.user.id, availability_zone: given.availability_zone })
  if ((given.trusted_image_certificates?.length ?? 0) > 0) authorise(ctx, 'os_compute_api:servers:create:trusted_certs')
  const destination = await readDestination(ctx, given)
  const devices: GivenDevices = { legacy: given.block_device_mapping ?? [], mapping: given.block_device_mapping_v2 ?? [], imageRef: given.imageRef ?? '' }
  if (devices.legacy.length + devices.mapping.length > 0) authorise(ctx, 'os_compute_api:servers:create:attach_volume')
  const imageRef = bootImageOf(devices)
  const flavor = await usableFlavor(ctx, idFromHref(given.flavorRef))
  checkFileQuota(ctx, given.personality ?? [])
  await checkMetadataQuota(ctx, ctx.identity.project?.id ?? '', Object.keys(given.metadata ?? {}).length)
  const image = await bootableImage(ctx, imageRef)
  checkImageFits(ctx, image, flavor)
  const keypair = await keypairOf(ctx, given.key_name)
  const hints = body['os:scheduler_hints'] ?? body['OS-SCH-HNT:scheduler_hints'] ?? {}
  return {
    given, flavor, image, keypair, destination, hints, disks: layOutDisks(devices, flavor), groupId: await groupOf(ctx, hints),
    securityGroups: await resolveSecurityGroups(ctx, given.security_groups), nics: await resolveNetworks(ctx, given.networks, count),
    adminPass: given.adminPass ?? newAdminPassword(),
  }
}

async function usableFlavor(ctx: ComputeContext, id: string): Promise<FlavorRow> {
  const flavor = await visibleFlavor(ctx, id).catch((error: unknown) => { throw errors.FlavorUnusable({ id }, { cause: error }) })
  if (flavor.disabled === 1) throw errors.FlavorUnusable({ id })
  return flavor
}

/** `zone`, `zone:host`, `zone:host:node` or `zone::node`; since 2.74 host and node by name, through the scheduler. */
async function readDestination(ctx: ComputeContext, given: Given): Promise<Destination> {
  const parts = (given.availability_zone ?? '').split(':')
  if (parts.length > 3) throw errors.BadRequest({ message: 'Invalid input received: Unable to parse availability_zone' })
  const [zone = '', forcedHost = '', forcedNode = ''] = parts
  const forced = forcedHost !== '' || forcedNode !== ''
  if (forced) authorise(ctx, 'os_compute_api:servers:create:forced_host')
  else if (zone !== '') await requireZone(ctx, zone)
  const requestedHost = given.host ?? null
  const requestedNode = given.hypervisor_hostname ?? null
  if (requestedHost !== null || requestedNode !== null) {
    authorise(ctx, 'compute:servers:create:requested_destination')
    if (forced) throw errors.BadRequest({ message: 'One mechanism with host and/or hypervisor_hostname and another mechanism with zone:host:node are mutually exclusive.' })
    if (requestedHost !== null && await getHost(ctx, requestedHost) === undefined) throw errors.ComputeHostNotFound({ host: requestedHost })
    if (requestedNode !== null && !(await listHosts(ctx)).some((host) => host.hypervisor_hostname === requestedNode)) throw errors.ComputeHostNotFound({ host: requestedNode })
  }
  return {
    zone: forced ? null : (zone === '' ? ctx.config.defaultScheduleZone : zone), forcedHost: forcedHost === '' ? null : forcedHost, forcedNode: forcedNode === '' ? null : forcedNode,
    requestedHost, requestedNode,
  }
}

async function keypairOf(ctx: ComputeContext, name: string | undefined): Promise<KeypairRow | undefined> {
  if (name === undefined) return undefined
  const keypair = await getKeypair(ctx, ctx.identity.user.id, name)
  if (keypair === undefined) throw errors.InvalidKeyName()
  return keypair
}

async function groupOf(ctx: ComputeContext, hints: Record<string, unknown>): Promise<string | null> {
  const id = hints['group']
  if (typeof id !== 'string') return null
  const group = await getServerGroup(ctx, id)
  if (group === undefined || group.project_id !== ctx.identity.project?.id) throw errors.ServerGroupUnknown({ id })
  return id
}

async function checkGroupRoom(ctx: ComputeContext, groupId: string, more: number): Promise<void> {
  const { server_group_members: limit } = await limitsOf(ctx, ctx.identity.project?.id ?? '')
  if (limit! >= 0 && await countGroupMembers(ctx, groupId) + more > limit!) throw errors.ServerGroupFull()
}

export function embeddedFlavor(row: FlavorRow): EmbeddedFlavor {
  return {
    id: row.flavorid, name: row.name, vcpus: row.vcpus, ram: row.memory_mb, disk: row.root_gb, ephemeral: row.ephemeral_gb, swap: row.swap, rxtx_factor: row.rxtx_factor,
    extra_specs: JSON.parse(row.extra_specs) as Record<string, string>,
  }
}

interface Place { number: number; index: number; count: number; reservation: string }

function serverRow(ctx: ComputeContext, plan: Plan, place: Place): ServerRow {
  const { given, flavor, image, keypair, destination } = plan
  const id = ctx.ids.uuid()
  const now = nowIso(ctx.clock)
  const name = normalName(given.name)
  const suffix = place.count > 1 ? `-${place.index + 1}` : ''
  const hostname = hostnameFrom(name)
  const configDrive = flagOr(given.config_drive, false) || ctx.config.forceConfigDrive || image.properties['img_config_drive'] === 'mandatory'
  return {
    id, number: place.number, project_id: ctx.identity.project?.id ?? '', user_id: ctx.identity.user.id, display_name: name + suffix, display_description: given.description ?? null,
    hostname: given.hostname ?? (hostname === '' ? `Server-${id}` : hostname + suffix), reservation_id: place.reservation, launch_index: place.index,
    image_ref: given.imageRef ?? '', kernel_id: image.properties['kernel_id'] ?? '', ramdisk_id: image.properties['ramdisk_id'] ?? '', image_meta: toJson(image),
    flavor_id: flavor.flavorid, flavor: toJson(embeddedFlavor(flavor)), vcpus: flavor.vcpus, memory_mb: flavor.memory_mb, root_gb: flavor.root_gb, ephemeral_gb: flavor.ephemeral_gb,
    key_name: keypair?.name ?? null, key_data: keypair?.public_key ?? null, user_data: given.user_data ?? null, config_drive: configDrive ? 'True' : '',
    availability_zone: destination.zone, requested_zone: destination.zone, host: null, node: null, vm_state: 'building', task_state: 'scheduling', power_state: POWER.nostate,
    progress: 0, access_ip_v4: given.accessIPv4 ?? null, access_ip_v6: given.accessIPv6 === undefined ? null : shortIpV6(given.accessIPv6), auto_disk_config: flag((given['OS-DCF:diskConfig'] ?? 'MANUAL') === 'AUTO'),
    locked_by: null, locked_reason: null, root_device_name: plan.disks[0]?.deviceName ?? '/dev/vda', metadata: toJson(given.metadata ?? {}), tags: tagsText([...new Set(given.tags ?? [])]),
    network_info: '[]', block_devices: toJson(plan.disks), trusted_certs: given.trusted_image_certificates == null ? null : toJson(given.trusted_image_certificates),
    fault: null, server_group_id: plan.groupId, scheduler_hints: toJson(plan.hints), password: null, before_resize: null, shelved: null, deleted: 0, revision: 1, created_at: now, updated_at: now,
    launched_at: null, terminated_at: null, deleted_at: null,
  }
}
