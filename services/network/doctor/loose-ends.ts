/** Rows that speak of things that are gone. Foreign keys and commands keep them from coming; an operator's own SQL may not. */
import type { Check, Problem } from '#core/service/explain.ts'
import type { NetworkContext } from '../context.ts'
import { deleteLost, findLost, type Reference } from './loose-ends.store.ts'

interface LooseEnd extends Reference { kind: string; says: string }

/** Names are constants; nothing of a request gets here. */
const REFERENCES: readonly LooseEnd[] = [
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

async function follow(ctx: NetworkContext, reference: LooseEnd, repair: boolean): Promise<Problem[]> {
  const { id, kind, says } = reference
  const ids = await findLost(ctx, reference)
  if (repair && ids.length > 0) await deleteLost(ctx, reference)
  const resource = id === 'router_id' ? 'router' : id === 'network_id' ? 'network' : 'security group'
  return ids.map((lost) => ({ kind, resource, id: lost, sentence: `${resource} ${lost} ${says}`, repairable: true, repaired: repair }))
}
