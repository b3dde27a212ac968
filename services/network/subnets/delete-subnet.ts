/** Deleting a subnet: not while a router or a user's port holds an address of it (unless hosts made it themselves). */
import { revise, reviseAll } from '../attributes/revision.store.ts'
import { orWhenReferenced } from '../attributes/races.ts'
import { agentsOfNetwork } from '../agents/agent.store.ts'
import { noteChange } from '../changes/changes.ts'
import type { NetworkContext } from '../context.ts'
import { errors } from '../errors.ts'
import { AUTOMATIC_OWNERS, ROUTER_INTERFACE_OWNERS } from '../ports/port.store.ts'
import { isAutoAddress } from './check-subnet.ts'
import { deleteSubnetRows, getSubnet, ownersOnSubnet } from './subnet.store.ts'

export async function deleteSubnet(ctx: NetworkContext, id: string): Promise<void> {
  const row = await getSubnet(ctx, id)
  if (row === undefined) throw errors.SubnetNotFound({ subnetId: id })
  const inUse = (): Error => errors.SubnetInUse({ subnetId: id, reason: 'One or more ports have an IP allocation from this subnet' })
  const owners = await ownersOnSubnet(ctx, id)
  if (owners.some((o) => ROUTER_INTERFACE_OWNERS.includes(o.device_owner))) throw inUse()
  if (!isAutoAddress(row) && owners.some((o) => !AUTOMATIC_OWNERS.includes(o.device_owner))) throw inUse()
  await revise(ctx, 'networks', row.network_id)
  await orWhenReferenced(deleteSubnetRows(ctx, [id]), inUse)
  await reviseAll(ctx, 'ports', [...new Set(owners.map((o) => o.port_id))])
  // By name: when the nudge is sent, the network may be gone, and with it what tells who served it.
  const hosts = (await agentsOfNetwork(ctx, row.network_id)).map((agent) => agent.host)
  await noteChange(ctx, { networkIds: [row.network_id], portIds: owners.map((o) => o.port_id), reschedule: true, hosts })
}
