/**
 * What the API shows of a server's network is kept with the server, so that a list of a thousand asks network
 * nothing. It is written when a server is plugged in, and refreshed whenever network tells of a change.
 */
import { toJson } from '#core/db/json.ts'
import type { SecurityGroup } from '#services/network/contract.ts'
import type { ComputeContext } from '../context.ts'
import { vifsOf, type ServerRow, type Vif } from './server.row.ts'
import { vifOf } from './server-ports.ts'
import { getServer, updateServer } from './server.store.ts'

export async function securityGroupNames(ctx: ComputeContext, ids: readonly string[]): Promise<SecurityGroup[]> {
  const wanted = [...new Set(ids)]
  return wanted.length === 0 ? [] : await ctx.clients.network.securityGroups.list(ctx, 'service', { id: wanted, fields: ['id', 'name'] })
}

/** Reads everything about a server's ports anew; answers what is plugged in now. */
export async function refreshNetworkCache(ctx: ComputeContext, serverId: string): Promise<Vif[] | undefined> {
  const row = await getServer(ctx, serverId)
  if (row === undefined || row.vm_state === 'building') return undefined
  const vifs = await readVifs(ctx, row)
  const text = toJson(vifs)
  if (text !== row.network_info) await updateServer(ctx, serverId, { network_info: text })
  return vifs
}

async function readVifs(ctx: ComputeContext, row: ServerRow): Promise<Vif[]> {
  const ports = await ctx.clients.network.ports.list(ctx, 'service', { device_id: row.id })
  if (ports.length === 0) return []
  const known = new Map(vifsOf(row).map((vif) => [vif.portId, vif]))
  const order = [...known.keys()]
  const networks = await ctx.clients.network.networks.list(ctx, 'service', { id: [...new Set(ports.map((port) => port.network_id))] })
  const groups = await securityGroupNames(ctx, ports.flatMap((port) => port.security_groups))
  const floating = await ctx.clients.network.floatingIps.list(ctx, 'service', { port_id: ports.map((port) => port.id) })
  const rank = (id: string): number => (order.includes(id) ? order.indexOf(id) : order.length)
  return ports.toSorted((a, b) => rank(a.id) - rank(b.id)).map((port) => {
    const before = known.get(port.id)
    const network = networks.find((n) => n.id === port.network_id)
    return vifOf(port, { label: network?.name ?? before?.label ?? '', mtu: network?.mtu ?? before?.mtu ?? 1500, tag: before?.tag ?? null, preserve: before?.preserve ?? false }, {
      groups, floating: floating.filter((ip) => ip.port_id === port.id).map((ip) => ({ address: ip.floating_ip_address, fixedAddress: ip.fixed_ip_address ?? '' })),
    })
  })
}
