/** What servers use of each host, and which servers a host has. */
import { sql } from '#core/db/database.ts'
import type { ComputeContext } from '../context.ts'
import type { HostRow } from '../hosts/host.store.ts'

export interface HostUse { servers: number; working: number; vcpus: number; memoryMb: number; diskGb: number }

const NO_USE: HostUse = { servers: 0, working: 0, vcpus: 0, memoryMb: 0, diskGb: 0 }

/** Sums over the servers of each host; a host without servers has none. */
export async function readHostUse(ctx: ComputeContext): Promise<(host: string) => HostUse> {
  const rows = await ctx.db.selectFrom('servers').where('deleted', '=', 0).where('host', 'is not', null).groupBy('host').select((eb) => [
    'host', eb.fn.countAll<number>().as('servers'), sql<number>`sum(case when task_state is null then 0 else 1 end)`.as('working'),
    eb.fn.sum<number>('vcpus').as('vcpus'), eb.fn.sum<number>('memory_mb').as('memory'), sql<number>`sum(root_gb + ephemeral_gb)`.as('disk'),
  ]).execute()
  const uses = new Map(rows.map((row) => [row.host!, {
    servers: Number(row.servers), working: Number(row.working), vcpus: Number(row.vcpus), memoryMb: Number(row.memory), diskGb: Number(row.disk),
  }]))
  return (host) => uses.get(host) ?? NO_USE
}

export interface HostedServer { id: string; number: number; host: string | null }

export async function listServersByHost(ctx: ComputeContext): Promise<Map<string | null, HostedServer[]>> {
  const rows = await ctx.db.selectFrom('servers').select(['id', 'number', 'host']).where('deleted', '=', 0).where('host', 'is not', null).orderBy('number').execute()
  return Map.groupBy(rows, (row) => row.host)
}

/** The host whose hypervisor has this id. */
export async function findHostBy(ctx: ComputeContext, key: 'number' | 'node_id', id: string): Promise<HostRow | undefined> {
  if (key === 'number' && !/^\d{1,15}$/.test(id)) return undefined
  return await ctx.db.selectFrom('hosts').selectAll().where(key, '=', (key === 'number' ? Number(id) : id) as never).executeTakeFirst()
}

/** A page of hosts, oldest first. `key` says what the marker is. Undefined when it is unknown. */
export async function pageOfHosts(ctx: ComputeContext, key: 'number' | 'node_id', marker: string | undefined, limit: number): Promise<HostRow[] | undefined> {
  let query = ctx.db.selectFrom('hosts').selectAll().orderBy('number').limit(limit)
  if (marker !== undefined) {
    const last = await findHostBy(ctx, key, marker)
    if (last === undefined) return undefined
    query = query.where('number', '>', last.number)
  }
  return await query.execute()
}

/** Hosts whose hypervisor name has the text in it. */
export async function searchHosts(ctx: ComputeContext, text: string): Promise<HostRow[]> {
  const rows = await ctx.db.selectFrom('hosts').selectAll().orderBy('number').execute()
  return rows.filter((row) => row.hypervisor_hostname.includes(text))
}
