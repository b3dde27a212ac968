/**
 * The ports of a server. Making one must be repeatable after a crash: its MAC address is derived from the server and
 * the NIC's place, so a second attempt meets the first as a conflict on that address and finds it again.
 */
import { createHash } from 'node:crypto'
import { NeighbourError } from '#core/clients/neighbour.ts'
import type { Port, SecurityGroup, Subnet } from '#services/network/contract.ts'
import type { ComputeContext } from '../context.ts'
import type { NicRequest } from './requested-networks.ts'
import type { Vif } from './server.row.ts'

export interface PortOwner { serverId: string; projectId: string; host: string; zone: string; hostname: string }

const MAC_ATTEMPTS = 4

/** `fa:16:3e:xx:xx:xx`, the same every time it is asked for the same NIC. */
function macFor(serverId: string, nicKey: string, attempt: number): string {
  const digits = createHash('sha256').update(`${serverId}/${nicKey}/${attempt}`).digest('hex')
  return `fa:16:3e:${digits.slice(0, 2)}:${digits.slice(2, 4)}:${digits.slice(4, 6)}`
}

function deviceFields(owner: PortOwner): Record<string, unknown> {
  return { device_id: owner.serverId, device_owner: `compute:${owner.zone}`, 'binding:host_id': owner.host }
}

/** Makes a port for this NIC on the host, or finds the one an earlier attempt made. */
export async function ensurePort(ctx: ComputeContext, owner: PortOwner, nic: NicRequest, nicKey: string, securityGroups: string[] | null): Promise<Port> {
  const fields = {
    ...deviceFields(owner), network_id: nic.networkId, tenant_id: owner.projectId, admin_state_up: true,
    ...(nic.fixedIp === null ? {} : { fixed_ips: [{ ip_address: nic.fixedIp }] }),
    ...(securityGroups === null || !nic.portSecurity ? {} : { security_groups: securityGroups }),
  }
  for (let attempt = 0; ; attempt += 1) {
    const mac = macFor(owner.serverId, nicKey, attempt)
    try {
      return await ctx.clients.network.ports.create(ctx, 'service', { ...fields, mac_address: mac })
    } catch (error) {
      if (!(error instanceof NeighbourError) || error.status !== 409) throw error
      const [taken] = await ctx.clients.network.ports.list(ctx, 'service', { network_id: nic.networkId, mac_address: mac })
      if (taken === undefined) throw error
      if (taken.device_id === owner.serverId) return taken['binding:host_id'] === owner.host ? taken : await ctx.clients.network.ports.update(ctx, 'service', taken.id, deviceFields(owner))
      if (attempt + 1 >= MAC_ATTEMPTS) throw error
    }
  }
}

/** Binds a port of the user's to the host. */
export async function bindPort(ctx: ComputeContext, owner: PortOwner, portId: string): Promise<Port> {
  return await ctx.clients.network.ports.update(ctx, 'service', portId, deviceFields(owner))
}

/** Gives a port of the user's back as it was. Gone is success. */
export async function unbindPort(ctx: ComputeContext, portId: string): Promise<void> {
  try {
    await ctx.clients.network.ports.update(ctx, 'service', portId, { device_id: '', device_owner: '', 'binding:host_id': '' })
  } catch (error) {
    if (!(error instanceof NeighbourError) || error.status !== 404) throw error
  }
}

/** Deletes what `ensurePort` made for this NIC, also when it was cut off. */
export async function removePort(ctx: ComputeContext, serverId: string, networkId: string, nicKey: string, portId: string | undefined): Promise<void> {
  if (portId !== undefined) return await ctx.clients.network.ports.discard(ctx, 'service', portId)
  const macs = new Set(Array.from({ length: MAC_ATTEMPTS }, (_, attempt) => macFor(serverId, nicKey, attempt)))
  const ports = await ctx.clients.network.ports.list(ctx, 'service', { device_id: serverId, network_id: networkId })
  for (const port of ports) if (macs.has(port.mac_address)) await ctx.clients.network.ports.discard(ctx, 'service', port.id)
}

/** What a server remembers of a port. */
export type BoundPort = Pick<Port, 'id' | 'network_id' | 'mac_address' | 'fixed_ips' | 'security_groups' | 'binding:vif_type'>

/** What the API shows of a port. */
export function vifOf(port: BoundPort, from: { label: string; mtu: number; tag: string | null; preserve: boolean }, known: { groups?: readonly SecurityGroup[]; floating?: Vif['floatingIps'] } = {}): Vif {
  return {
    portId: port.id, networkId: port.network_id, label: from.label, mac: port.mac_address, mtu: from.mtu, vifType: port['binding:vif_type'] ?? 'unbound',
    preserve: from.preserve, tag: from.tag,
    fixedIps: port.fixed_ips.map((ip) => ({ address: ip.ip_address, version: ip.ip_address.includes(':') ? 6 as const : 4 as const, subnetId: ip.subnet_id })),
    floatingIps: known.floating ?? [],
    securityGroups: port.security_groups.map((id) => ({ id, name: known.groups?.find((group) => group.id === id)?.name ?? id })),
  }
}

export type { Port, SecurityGroup, Subnet }
