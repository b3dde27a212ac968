/** All SQL about aggregates: groups of hosts with properties; one that names a zone makes its hosts that zone's. */
import { writeUnlessTaken } from '#core/db/database.ts'
import { fromJson, toJson } from '#core/db/json.ts'
import { nowIso } from '#core/time/clock.ts'
import type { ComputeContext } from '../context.ts'
import { takeNumbers } from '../counter.store.ts'

export interface AggregateRow {
  id: number
  uuid: string
  name: string
  /** JSON object of text; `availability_zone` among it. */
  metadata: string
  created_at: string
  updated_at: string | null
}
export interface AggregateHostRow { aggregate_id: number; host: string }

export interface HostAggregate {
  id: number
  uuid: string
  name: string
  metadata: Record<string, string>
  hosts: string[]
  created_at: string
  updated_at: string | null
}

/** All aggregates with their hosts: a cloud has few. */
export async function listAggregatesWithHosts(ctx: ComputeContext): Promise<HostAggregate[]> {
  const rows = await ctx.db.selectFrom('aggregates').selectAll().orderBy('id').execute()
  if (rows.length === 0) return []
  const hosts = Map.groupBy(await ctx.db.selectFrom('aggregate_hosts').selectAll().execute(), (row) => row.aggregate_id)
  return rows.map((row) => withHosts(row, hosts.get(row.id) ?? []))
}

export async function getAggregate(ctx: ComputeContext, id: number): Promise<HostAggregate | undefined> {
  const row = await ctx.db.selectFrom('aggregates').selectAll().where('id', '=', id).executeTakeFirst()
  if (row === undefined) return undefined
  return withHosts(row, await ctx.db.selectFrom('aggregate_hosts').selectAll().where('aggregate_id', '=', id).execute())
}

function withHosts(row: AggregateRow, hosts: AggregateHostRow[]): HostAggregate {
  return { ...row, metadata: fromJson<Record<string, string>>(row.metadata, {}), hosts: hosts.map((h) => h.host) }
}

/** Undefined when the name is taken. */
export async function insertAggregate(ctx: ComputeContext, name: string, metadata: Record<string, string>): Promise<HostAggregate | undefined> {
  const row = { id: await takeNumbers(ctx, 'aggregates'), uuid: ctx.ids.uuid(), name, metadata: toJson(metadata), created_at: nowIso(ctx.clock), updated_at: null }
  return await writeUnlessTaken(ctx.db.insertInto('aggregates').values(row)) ? withHosts(row, []) : undefined
}

/** Answers false when the name is taken. Only a new name counts as a change of the aggregate itself (`updated_at`): upstream keeps the properties beside it. */
export async function updateAggregate(ctx: ComputeContext, id: number, change: { name?: string; metadata: Record<string, string> }): Promise<boolean> {
  const { name, metadata } = change
  return await writeUnlessTaken(ctx.db.updateTable('aggregates').where('id', '=', id)
      .set({ ...(name === undefined ? {} : { name, updated_at: nowIso(ctx.clock) }), metadata: toJson(metadata) }))
}

export async function deleteAggregate(ctx: ComputeContext, id: number): Promise<void> {
  await ctx.db.deleteFrom('aggregates').where('id', '=', id).execute()
}

/** Answers false when it is in it already. */
export async function addAggregateHost(ctx: ComputeContext, id: number, host: string): Promise<boolean> {
  return await writeUnlessTaken(ctx.db.insertInto('aggregate_hosts').values({ aggregate_id: id, host }))
}

/** Answers whether it was in it. */
export async function removeAggregateHost(ctx: ComputeContext, id: number, host: string): Promise<boolean> {
  return (await ctx.db.deleteFrom('aggregate_hosts').where('aggregate_id', '=', id).where('host', '=', host).executeTakeFirst()).numDeletedRows > 0n
}

export async function removeHostFromAggregates(ctx: ComputeContext, host: string): Promise<void> {
  await ctx.db.deleteFrom('aggregate_hosts').where('host', '=', host).execute()
}

/** How many servers run on any of the hosts. */
export async function countServersOn(ctx: ComputeContext, hosts: string[]): Promise<number> {
  if (hosts.length === 0) return 0
  const { n } = await ctx.db.selectFrom('servers').select((eb) => eb.fn.countAll<number>().as('n'))
    .where('deleted', '=', 0).where('host', 'in', hosts).executeTakeFirstOrThrow()
  return Number(n)
}

/** The zone of a host: its aggregate's, else the default. */
export function zoneOfHost(ctx: ComputeContext, aggregates: readonly HostAggregate[], host: string): string {
  for (const aggregate of aggregates) {
    const zone = aggregate.metadata['availability_zone']
    if (zone !== undefined && aggregate.hosts.includes(host)) return zone
  }
  return ctx.config.defaultAvailabilityZone
}
