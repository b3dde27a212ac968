/**
 * Binding: putting a port on a host. A live Linux bridge agent there that reaches the network binds it; otherwise
 * the binding has failed, which compute reads as "not on this host".
 */
import { fromJson, toJson } from '#core/db/json.ts'
import { bridgeAgentOf } from '../agents/agent.store.ts'
import { isAlive } from '../agents/alive.ts'
import type { Item } from '../attributes/attribute.ts'
import type { NetworkContext } from '../context.ts'
import type { NetworkRow, PortRow } from '../database.ts'

/** What a request changes of a port's binding. */
export async function bindingChange(ctx: NetworkContext, port: PortRow, item: Item, network: NetworkRow): Promise<Partial<PortRow>> {
  const set: Partial<PortRow> = {}
  const vnicType = item['binding:vnic_type'] as string | undefined
  if (vnicType !== undefined && vnicType !== port.binding_vnic_type) set.binding_vnic_type = vnicType
  if ('binding:profile' in item) {
    const profile = (item['binding:profile'] ?? {}) as Item
    set.binding_profile = Object.keys(profile).length === 0 ? null : toJson(profile)
  }
  const asked = 'binding:host_id' in item ? String(item['binding:host_id'] ?? '') : undefined
  const host = asked ?? port.binding_host
  const moved = host !== port.binding_host
  const again = asked !== undefined && host !== '' && port.binding_vif_type === 'binding_failed'
  if (!moved && !again && set.binding_vnic_type === undefined) return set
  set.binding_host = host
  set.binding_vif_type = host === '' ? 'unbound' : await vifType(ctx, host, set.binding_vnic_type ?? port.binding_vnic_type, network)
  if (moved || set.binding_vif_type !== port.binding_vif_type) set.status = 'DOWN'
  return set
}

async function vifType(ctx: NetworkContext, host: string, vnicType: string, network: NetworkRow): Promise<string> {
  if (vnicType !== 'normal') return 'binding_failed'
  const agent = await bridgeAgentOf(ctx, host)
  if (agent === undefined || !isAlive(ctx, agent)) return 'binding_failed'
  return reaches(fromJson<Item>(agent.configurations, {}), network) ? 'bridge' : 'binding_failed'
}

/** Can a host with these agent settings carry the network? */
export function reaches(configurations: Item, network: NetworkRow): boolean {
  if (network.network_type === 'vxlan') return ((configurations['tunnel_types'] ?? []) as string[]).includes('vxlan')
  if (network.network_type === 'local') return true
  const mappings = { ...(configurations['bridge_mappings'] as Item | undefined), ...(configurations['interface_mappings'] as Item | undefined) }
  return network.physical_network !== null && Object.hasOwn(mappings, network.physical_network)
}
