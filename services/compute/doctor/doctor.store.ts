/** What compute's doctor asks: whole tables in one query each, and look-ups by lists of ids. */
import { UNFINISHED, type OperationRow } from '#core/operations/store.ts'
import { nowIso } from '#core/time/clock.ts'
import type { ComputeContext } from '../context.ts'
import type { ServerRow } from '../servers/server.row.ts'

const BATCH = 500

export type CheckedServer = Pick<ServerRow, 'id' | 'project_id' | 'user_id' | 'host' | 'vm_state' | 'task_state' | 'power_state' | 'flavor' | 'before_resize' | 'network_info' | 'availability_zone'>

/** Every server that is not deleted. */
export async function listCheckedServers(ctx: ComputeContext): Promise<CheckedServer[]> {
  return await ctx.db.selectFrom('servers')
    .select(['id', 'project_id', 'user_id', 'host', 'vm_state', 'task_state', 'power_state', 'flavor', 'before_resize', 'network_info', 'availability_zone']).where('deleted', '=', 0).execute()
}

/** Servers with an unfinished operation, or one that began since. */
export async function atWork(ctx: ComputeContext, since: string | undefined): Promise<ReadonlySet<string>> {
  const rows = await ctx.db.selectFrom('operations').select('resource_id')
    .where((eb) => eb.or([eb('state', 'in', UNFINISHED), ...(since === undefined ? [] : [eb('created_at', '>=', since)])])).execute()
  return new Set(rows.map((row) => row.resource_id))
}

async function inBatches<T>(ids: readonly string[], read: (ids: string[]) => Promise<T[]>): Promise<T[]> {
  const all: T[] = []
  for (let at = 0; at < ids.length; at += BATCH) all.push(...await read(ids.slice(at, at + BATCH)))
  return all
}

/** Where these servers are, deleted ones too. */
export async function placesOf(ctx: ComputeContext, ids: readonly string[]): Promise<Map<string, { host: string | null; deleted: number }>> {
  const rows = await inBatches(ids, (batch) => ctx.db.selectFrom('servers').select(['id', 'host', 'deleted']).where('id', 'in', batch).execute())
  return new Map(rows.map((row) => [row.id, row]))
}

/** Migration → its server. */
export async function serversOfMigrations(ctx: ComputeContext, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await inBatches(ids, (batch) => ctx.db.selectFrom('server_migrations').select(['uuid', 'server_id']).where('uuid', 'in', batch).execute())
  return new Map(rows.map((row) => [row.uuid, row.server_id]))
}

/** Ports that users gave these servers, as far as operations remember. Undefined for a server nothing is known of. */
export async function givenPorts(ctx: ComputeContext, serverId: string): Promise<ReadonlySet<string> | undefined> {
  const rows = await ctx.db.selectFrom('operations').select('input').where('resource_id', '=', serverId).where('name', 'in', ['compute.create-server', 'compute.attach-interface']).execute()
  if (rows.length === 0) return undefined
  const nics = rows.flatMap((row) => {
    const input = JSON.parse(row.input) as { nics?: { portId: string | null }[]; nic?: { portId: string | null } }
    return [...input.nics ?? [], ...(input.nic === undefined ? [] : [input.nic])]
  })
  return new Set(nics.flatMap((nic) => nic.portId ?? []))
}

export type ForsakenOperation = Pick<OperationRow, 'id' | 'name' | 'state' | 'resource_id' | 'current_step' | 'updated_at' | 'lease_until'>

/** Unfinished operations that could run and have been held by nobody since `before`. */
export async function forsakenOperations(ctx: ComputeContext, before: string): Promise<ForsakenOperation[]> {
  return await unfinished(ctx).where('updated_at', '<', before)
    .where((eb) => eb.or([eb('lease_until', 'is', null), eb('lease_until', '<', before)]))
    .where((eb) => eb.or([eb('not_before', 'is', null), eb('not_before', '<', before)])).execute()
}

/** Unfinished operations of other names than these. */
export async function unknownOperations(ctx: ComputeContext, names: readonly string[]): Promise<ForsakenOperation[]> {
  return await unfinished(ctx).where('name', 'not in', names).execute()
}

/** `failure`: JSON of `OperationFailure`. */
export async function giveUpOperation(ctx: ComputeContext, id: string, failure: string): Promise<void> {
  const now = nowIso(ctx.clock)
  await ctx.db.updateTable('operations').set({ state: 'failed', failure, current_step: null, finished_at: now, updated_at: now }).where('id', '=', id).execute()
}

function unfinished(ctx: ComputeContext) {
  return ctx.db.selectFrom('operations').select(['id', 'name', 'state', 'resource_id', 'current_step', 'updated_at', 'lease_until']).where('state', 'in', UNFINISHED).orderBy('created_at')
}
