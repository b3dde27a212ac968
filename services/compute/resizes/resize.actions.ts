/** resize, confirmResize, revertResize. */
import { inTransaction } from '#core/db/database.ts'
import { flag } from '#core/db/json.ts'
import type { ComputeContext } from '../context.ts'
import { errors } from '../errors.ts'
import { visibleFlavor } from '../flavors/visible-flavor.ts'
import { idFromHref } from '../schema/read-values.ts'
import { action, type ActionHandler } from '../server-actions/action.ts'
import { requireHost } from '../server-actions/start-work.ts'
import { beginAction, checkAction } from '../servers/begin-action.ts'
import { layOutDisks } from '../servers/block-devices.ts'
import { embeddedFlavor } from '../servers/create-server.ts'
import { checkImageFits } from '../servers/image-check.ts'
import { claimResizeQuota } from '../servers/server-quota.ts'
import { blockDevicesOf, imageOf, type BlockDevice, type ServerRow } from '../servers/server.row.ts'
import { ServerResize } from '../servers/server.schema.ts'
import type { FlavorRow } from '../flavors/flavor.store.ts'
import { absentFeature } from '../scheduler/host-abilities.ts'
import { beforeResizeOf, columnsFor, flavorColumns, type BeforeResize } from './before-resize.ts'
import { insertMigration } from './migration-record.ts'
import { confirmResizeOperation, resizeOperation, revertResizeOperation } from './resize.operations.ts'

const resize: ActionHandler<{ flavorRef: string | number; 'OS-DCF:diskConfig'?: string }> = async (ctx, server, body) => {
  checkAction(ctx, server, 'resize')
  await requireHost(ctx, server)
  const flavor = await newFlavor(ctx, server, idFromHref(body.flavorRef))
  checkImageFits(ctx, imageOf(server), flavor)
  const absent = absentFeature(embeddedFlavor(flavor), imageOf(server))
  if (absent !== undefined) throw errors.BadRequest({ message: `No valid host was found. Host ${server.host} ${absent}.` })
  const to = columnsFor(embeddedFlavor(flavor), resizedDisks(server, flavor))
  await inTransaction(ctx, async (tx) => {
    await claimResizeQuota(tx, server.project_id, { cores: flavor.vcpus - server.vcpus, ram: flavor.memory_mb - server.memory_mb })
    await beginAction(tx, server, 'resize', { progress: 0, ...(body['OS-DCF:diskConfig'] === undefined ? {} : { auto_disk_config: flag(body['OS-DCF:diskConfig'] === 'AUTO') }) })
    const migrationId = tx.ids.uuid()
    await insertMigration(tx, server, { uuid: migrationId, type: 'resize', oldFlavorId: server.flavor_id, newFlavorId: flavor.flavorid })
    await tx.operations.submit(tx, resizeOperation as never, { serverId: server.id, migrationId, from: flavorColumns(server), to, wasStopped: server.vm_state === 'stopped' })
  })
}

async function newFlavor(ctx: ComputeContext, server: ServerRow, id: string): Promise<FlavorRow> {
  const flavor = await visibleFlavor(ctx, id).catch((error: unknown) => { throw errors.FlavorUnusable({ id }, { cause: error }) })
  if (flavor.disabled === 1) throw errors.FlavorUnusable({ id })
  if (flavor.flavorid === server.flavor_id) throw errors.CannotResizeToSameFlavor()
  if (flavor.root_gb === 0 && server.root_gb !== 0) throw errors.CannotResizeDisk({ reason: 'Resize to zero disk flavor is not allowed.' })
  // No hypervisor shrinks disks. Upstream accepts such a resize and then gives it up; here it is said at once.
  if (flavor.root_gb < server.root_gb || flavor.ephemeral_gb < server.ephemeral_gb) {
    throw errors.CannotResizeDisk({ reason: `a disk cannot be made smaller: the server has ${server.root_gb} GB root and ${server.ephemeral_gb} GB ephemeral disk, the flavor ${flavor.root_gb} GB and ${flavor.ephemeral_gb} GB.` })
  }
  return flavor
}

/** The disks the new flavor grants, with what the user said of the old ones. */
function resizedDisks(server: ServerRow, flavor: FlavorRow): BlockDevice[] {
  const old = blockDevicesOf(server)
  const fresh = layOutDisks({ legacy: [], mapping: [], imageRef: server.image_ref }, flavor)
  return fresh.map((disk) => {
    const before = old.find((other) => other.role === disk.role)
    return before === undefined ? disk : { ...disk, diskBus: before.diskBus, guestFormat: before.guestFormat, tag: before.tag }
  })
}

function resized(server: ServerRow): BeforeResize {
  const before = beforeResizeOf(server)
  if (before === undefined) throw errors.BadRequest({ message: 'Instance has not been resized.' })
  return before
}

const confirm: ActionHandler = async (ctx, server) => {
  await inTransaction(ctx, async (tx) => {
    await beginAction(tx, server, 'confirmResize')
    await requireHost(tx, server)
    await tx.operations.submit(tx, confirmResizeOperation as never, { serverId: server.id, before: resized(server) })
  })
}

const revert: ActionHandler = async (ctx, server) => {
  await inTransaction(ctx, async (tx) => {
    const before = server.vm_state === 'resized' ? resized(server) : undefined
    if (before !== undefined) await claimResizeQuota(tx, server.project_id, { cores: before.columns.vcpus - server.vcpus, ram: before.columns.memory_mb - server.memory_mb })
    await beginAction(tx, server, 'revertResize')
    await requireHost(tx, server)
    await tx.operations.submit(tx, revertResizeOperation as never, { serverId: server.id, before: before ?? resized(server) })
  })
}

const RULE = 'os_compute_api:servers'

export const resizeActions = [
  action('resize', resize, { rule: `${RULE}:resize`, body: ServerResize }),
  action('confirmResize', confirm, { rule: `${RULE}:confirm_resize`, status: 204 }),
  action('revertResize', revert, { rule: `${RULE}:revert_resize` }),
]
