/** A compute host is enabled, disabled, forced down; a service is forgotten. */
import { inTransaction } from '#core/db/database.ts'
import { isUuidLike } from '#core/ids/ids.ts'
import { countServersOn, removeHostFromAggregates } from '../aggregates/aggregate.store.ts'
import type { ComputeContext } from '../context.ts'
import { errors } from '../errors.ts'
import { getHost, updateHost, type HostRow } from '../hosts/host.store.ts'
import { syncHostToPlacement } from '../hosts/placement-sync.ts'
import { countMovesInProgress } from '../server-migrations/server-migration.store.ts'
import { deleteControlService, deleteHostRow } from './service.store.ts'
import { COMPUTE, listServices, type Service } from './services.ts'

/** The service of this id, in the form the version knows. Throws 400 for an id of another form. */
export async function findService(ctx: ComputeContext, id: string, byUuid: boolean): Promise<Service | undefined> {
  if (byUuid && !isUuidLike(id)) throw errors.InvalidUuid({ id })
  if (!byUuid && !/^[+-]?\d+$/.test(id)) throw errors.InvalidInput({ reason: 'id must be an integer' })
  return (await listServices(ctx)).find((service) => (byUuid ? service.id === id : service.number === Number(id)))
}

export type HostChange = Partial<Pick<HostRow, 'disabled' | 'disabled_reason' | 'forced_down'>>

/** Throws 400 for a service that is no compute host, 404 for a host that there is not. */
export async function changeHost(ctx: ComputeContext, host: string, binary: string, change: HostChange): Promise<HostRow> {
  if (binary !== COMPUTE) throw errors.ServiceNotCompute({ binary })
  const row = await getHost(ctx, host)
  if (row === undefined) throw errors.HostNotMapped({ host })
  await updateHost(ctx, host, change)
  const changed = { ...row, ...change }
  if (changed.disabled !== row.disabled) await tellPlacement(ctx, changed)
  return changed
}

/** Placement marks disabled hosts, so that they are no candidates. */
async function tellPlacement(ctx: ComputeContext, row: HostRow): Promise<void> {
  try {
    await syncHostToPlacement(ctx, row)
  } catch (error) {
    ctx.log.warn({ err: error, host: row.host }, 'placement could not be told about a host; it is tried again')
    ctx.nudge('hosts')
  }
}

/**
 * Forgets a service. A compute host must be empty; it leaves its aggregates and placement forgets it. One that still
 * gives signs of life registers anew.
 */
export async function forgetService(ctx: ComputeContext, id: string, byUuid: boolean): Promise<void> {
  const service = await findService(ctx, id, byUuid)
  if (service === undefined) throw errors.ServiceToDeleteNotFound({ id })
  if (service.binary !== COMPUTE) {
    await deleteControlService(ctx, service.id)
    return
  }
  const row = await inTransaction(ctx, async (ctx) => {
    if (await countServersOn(ctx, [service.host]) > 0) throw errors.ServiceHasServers()
    if (await countMovesInProgress(ctx, service.host) > 0) throw errors.ServiceHasMigrations()
    const host = await getHost(ctx, service.host)
    await removeHostFromAggregates(ctx, service.host)
    await deleteHostRow(ctx, service.id)
    return host
  })
  if (row === undefined) return
  try {
    await ctx.clients.placement.deleteProvider(ctx, row.node_id)
  } catch (error) {
    ctx.log.error({ err: error, host: row.host }, 'placement would not forget a host')
  }
}
