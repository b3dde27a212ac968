/** All SQL about hosts: a host is one compute service and one hypervisor. */
import { inTransaction, sql, writeUnlessTaken, type Kysely } from '#core/db/database.ts'
import { prepared } from '#core/db/prepared.ts'
import { nowIso } from '#core/time/clock.ts'
import type { HeartbeatType, HostReportType } from '../agent/compute-agent.contract.ts'
import type { ComputeContext } from '../context.ts'
import { takeNumbers } from '../counter.store.ts'
import type { ComputeTables } from '../database.ts'

export interface HostRow {
  /** The service's id; `number` is its id before 2.53. */
  id: string
  number: number
  host: string
  /** The hypervisor's id, and its resource provider's. */
  node_id: string
  hypervisor_hostname: string
  /** JSON of `HostReport`. */
  report: string
  /** When its agent started. */
  started_at: string
  last_seen_at: string
  disabled: number
  disabled_reason: string | null
  forced_down: number
  failed_builds: number
  /** What placement was last told, in short. */
  placement_digest: string | null
  created_at: string
  updated_at: string | null
}

export async function getHost(ctx: ComputeContext, host: string): Promise<HostRow | undefined> {
  return await ctx.db.selectFrom('hosts').selectAll().where('host', '=', host).executeTakeFirst()
}

/** By its name, its hypervisor's id or its service's. */
export async function findAnyHost(ctx: ComputeContext, id: string): Promise<HostRow | undefined> {
  return await ctx.db.selectFrom('hosts').selectAll().where((eb) => eb.or([eb('host', '=', id), eb('node_id', '=', id), eb('id', '=', id)])).executeTakeFirst()
}

const allHosts = prepared((db: Kysely<ComputeTables>) => db.selectFrom('hosts').selectAll().orderBy('number'))

export async function listHosts(ctx: ComputeContext): Promise<HostRow[]> {
  return (await allHosts(ctx.db, {})).rows
}

export async function listHostsByNode(ctx: ComputeContext, nodeIds: string[]): Promise<HostRow[]> {
  if (nodeIds.length === 0) return []
  return await ctx.db.selectFrom('hosts').selectAll().where('node_id', 'in', nodeIds).execute()
}

/** Writes down a sign of life; a host heard for the first time is registered. */
export async function saveHeartbeat(ctx: ComputeContext, beat: HeartbeatType): Promise<HostRow> {
  // Many hosts may be heard for the first time at once: numbers are taken in a transaction, one after the other.
  return await inTransaction(ctx, async (ctx) => await writeHeartbeat(ctx, beat))
}

async function writeHeartbeat(ctx: ComputeContext, beat: HeartbeatType): Promise<HostRow> {
  const now = nowIso(ctx.clock)
  const set = { report: JSON.stringify(beat.report), hypervisor_hostname: beat.report.hypervisorHostname, started_at: beat.startedAt, last_seen_at: now }
  const update = ctx.db.updateTable('hosts').set(set).where('host', '=', beat.host)
  if ((await update.executeTakeFirst()).numUpdatedRows === 0n) {
    const isNew = await writeUnlessTaken(ctx.db.insertInto('hosts').values({
      id: ctx.ids.uuid(), number: await takeNumbers(ctx, 'hosts'), host: beat.host, node_id: ctx.ids.uuid(), ...set,
      disabled: 0, disabled_reason: null, forced_down: 0, failed_builds: 0, placement_digest: null, created_at: now, updated_at: null,
    }))
    // Another process was faster: what it wrote down, ids above all, stays.
    if (!isNew) await update.execute()
  }
  return (await getHost(ctx, beat.host))!
}

export async function updateHost(ctx: ComputeContext, host: string, set: Partial<HostRow>): Promise<void> {
  await ctx.db.updateTable('hosts').set(set).where('host', '=', host).execute()
}

/** Hosts that fail to build servers are avoided until they build one again. */
export async function noteBuild(ctx: ComputeContext, host: string, result: 'failed' | 'done'): Promise<void> {
  await ctx.db.updateTable('hosts').set({ failed_builds: result === 'done' ? 0 : sql`failed_builds + 1` }).where('host', '=', host).execute()
}

/** True for a host that gave a sign of life in time and is not forced down. */
export function isHostUp(ctx: ComputeContext, row: Pick<HostRow, 'last_seen_at' | 'forced_down'>): boolean {
  return row.forced_down === 0 && Date.parse(row.last_seen_at) >= ctx.clock.now() - ctx.config.hostDownAfterS * 1000
}

export function reportOf(row: HostRow): HostReportType {
  return JSON.parse(row.report) as HostReportType
}
