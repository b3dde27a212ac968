/** All SQL about aggregates: groups of hosts with properties; one that names a zone makes its hosts that zone's. */
import { fromJson } from '#core/db/database.ts'
import type { ComputeContext } from '../context.ts'

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

export interface HostAggregate { id: number; uuid: string; name: string; metadata: Record<string, string>; hosts: string[] }

/** All aggregates with their hosts: a cloud has few. */
export async function listAggregatesWithHosts(ctx: ComputeContext): Promise<HostAggregate[]> {
  const rows = await ctx.db.selectFrom('aggregates').selectAll().orderBy('id').execute()
  if (rows.length === 0) return []
  const hosts = await ctx.db.selectFrom('aggregate_hosts').selectAll().execute()
  return rows.map((row) => ({
    id: row.id, uuid: row.uuid, name: row.name, metadata: fromJson<Record<string, string>>(row.metadata, {}),
    hosts: hosts.filter((h) => h.aggregate_id === row.id).map((h) => h.host),
  }))
}

/** The zone of a host: its aggregate's, else the default. */
export function zoneOfHost(ctx: ComputeContext, aggregates: readonly HostAggregate[], host: string): string {
  for (const aggregate of aggregates) {
    const zone = aggregate.metadata['availability_zone']
    if (zone !== undefined && aggregate.hosts.includes(host)) return zone
  }
  return ctx.config.defaultAvailabilityZone
}
