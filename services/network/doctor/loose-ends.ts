/** Rows that speak of things that are gone. Foreign keys and commands keep them from coming; an operator's own SQL may not. */
import { sql } from '#core/db/database.ts'
import type { Check, Problem } from '#core/service/explain.ts'
import type { NetworkContext } from '../context.ts'

interface Reference { table: string; column: string; to: string; unless?: string; id: string; kind: string; says: string }

/** Names are constants; nothing of a request gets here. */
const REFERENCES: readonly Reference[] = [
  { table: 'router_interfaces', column: 'port_id', to: 'ports', id: 'router_id', kind: 'interface-without-port', says: 'has an interface whose port is gone' },
  { table: 'port_security_groups', column: 'port_id', to: 'ports', id: 'security_group_id', kind: 'member-without-port', says: 'counts a port that is gone among its members' },
  { table: 'dhcp_bindings', column: 'network_id', to: 'networks', id: 'network_id', kind: 'dhcp-of-nothing', says: 'is gone, and a host is still to serve it' },
  { table: 'dhcp_bindings', column: 'agent_id', to: 'agents', unless: '', id: 'network_id', kind: 'dhcp-by-nobody', says: 'is to be served by an agent that is gone' },
  { table: 'router_bindings', column: 'router_id', to: 'routers', id: 'router_id', kind: 'router-of-nothing', says: 'is gone, and a host is still to run it' },
  { table: 'router_bindings', column: 'agent_id', to: 'agents', unless: '', id: 'router_id', kind: 'router-by-nobody', says: 'is to be run by an agent that is gone' },
]

export const looseEnds: Check<NetworkContext> = {
  name: 'no-loose-ends',
  invariant: 'Interfaces, group members and placements speak only of what exists.',
  async run(ctx, repair) {
    const problems: Problem[] = []
    for (const reference of REFERENCES) problems.push(...(await follow(ctx, reference, repair)))
    return problems
  },
}

async function follow(ctx: NetworkContext, reference: Reference, repair: boolean): Promise<Problem[]> {
  const { table, column, to, unless, id, kind, says } = reference
  const lost = sql`${sql.ref(column)} not in (select id from ${sql.table(to)})${unless === undefined ? sql`` : sql` and ${sql.ref(column)} <> ${unless}`}`
  const { rows } = await sql<{ id: string }>`select distinct ${sql.ref(id)} as id from ${sql.table(table)} where ${lost}`.execute(ctx.db)
  if (repair && rows.length > 0) await sql`delete from ${sql.table(table)} where ${lost}`.execute(ctx.db)
  const resource = id === 'router_id' ? 'router' : id === 'network_id' ? 'network' : 'security group'
  return rows.map((row) => ({ kind, resource, id: row.id, sentence: `${resource} ${row.id} ${says}`, repairable: true, repaired: repair }))
}
