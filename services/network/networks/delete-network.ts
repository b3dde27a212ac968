/** Deleting a network takes its subnets and the ports the service itself made; anybody else's port keeps it. */
import { orWhenReferenced } from '../attributes/races.ts'
import { agentsOfNetwork } from '../agents/agent.store.ts'
import { noteChange } from '../changes/changes.ts'
import type { NetworkContext } from '../context.ts'
import { errors } from '../errors.ts'
import { deleteIdleFloatingIps } from '../floating-ips/floating-ip.store.ts'
import { AUTOMATIC_OWNERS, deletePortRows, portsOfNetwork } from '../ports/port.store.ts'
import { deleteSubnetRows, subnetsOfNetwork } from '../subnets/subnet.store.ts'
import { deleteNetworkRow } from './network.store.ts'

export async function deleteNetwork(ctx: NetworkContext, id: string): Promise<void> {
  await deleteIdleFloatingIps(ctx, id)
  const ports = await portsOfNetwork(ctx, id)
  const inTheWay = ports.filter((p) => !AUTOMATIC_OWNERS.includes(p.device_owner))
  if (inTheWay.length > 0) throw inUse(id, inTheWay.map((p) => p.id))
  // Who serves it has to hear of it, also when its DHCP port is not made yet or has just gone with the last subnet.
  const serving = (await agentsOfNetwork(ctx, id)).map((agent) => agent.host)
  const hosts = [...new Set([...serving, ...ports.map((p) => p.binding_host)].filter((h) => h !== ''))]
  await deletePortRows(ctx, ports.map((p) => p.id))
  await orWhenReferenced(deleteSubnetRows(ctx, (await subnetsOfNetwork(ctx, id)).map((s) => s.id)), () => inUse(id, []))
  await orWhenReferenced(deleteNetworkRow(ctx, id), () => inUse(id, []))
  await noteChange(ctx, { networkIds: [id], hosts })
}

function inUse(netId: string, portIds: string[]): Error {
  return errors.NetworkInUse({ netId, reason: `There are one or more ports still in use on the network, id for these ports is: ${portIds.join(',')}` })
}
