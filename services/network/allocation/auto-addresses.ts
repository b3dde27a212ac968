/** A SLAAC subnet came to a network: ports that are there already get the address their host will make on it, which upstream counts as two changes. */
import { parseCidr } from '../addresses/cidr.ts'
import { parseIp } from '../addresses/ip.ts'
import { slaacAddress } from '../addresses/mac.ts'
import { reviseAll } from '../attributes/revision.store.ts'
import type { NetworkContext } from '../context.ts'
import type { SubnetRow } from '../database.ts'
import { ROUTER_INTERFACE_OWNERS, portsOfNetwork } from '../ports/port.store.ts'
import { takeAddress } from './ip-allocation.store.ts'

export async function addAutoAddresses(ctx: NetworkContext, subnet: SubnetRow): Promise<void> {
  const cidr = parseCidr(subnet.cidr)!
  const given: string[] = []
  for (const port of await portsOfNetwork(ctx, subnet.network_id)) {
    if (ROUTER_INTERFACE_OWNERS.includes(port.device_owner) || port.device_owner === 'network:router_centralized_snat') continue
    const taken = await takeAddress(ctx, subnet.id, parseIp(slaacAddress(cidr, port.mac_address))!, { portId: port.id, networkId: subnet.network_id })
    if (taken !== undefined) given.push(port.id)
  }
  await reviseAll(ctx, 'ports', given, 2)
}
