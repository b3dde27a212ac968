/** Actions on a server's ports: security groups, floating IPs and further fixed IPs (the latter two until 2.43). */
import { NeighbourError } from '#core/clients/neighbour.ts'
import { isUuidLike } from '#core/ids/ids.ts'
import type { RouteRequest } from '#core/http/route.ts'
import { Type } from '#core/schema/schema.ts'
import type { FloatingIp, Port, SecurityGroup } from '#services/network/contract.ts'
import type { ComputeContext } from '../context.ts'
import { errors } from '../errors.ts'
import { groupView } from '../network-proxies/security-group.view.ts'
import { closed, IpAddress, wrapped } from '../schema/parameter-types.ts'
import { action, type ActionHandler } from '../server-actions/action.ts'
import { findServer } from '../servers/find-server.ts'
import { refreshNetworkCache } from '../servers/network-cache.ts'
import { vifsOf, type ServerRow } from '../servers/server.row.ts'

async function portsOf(ctx: ComputeContext, server: ServerRow): Promise<Port[]> {
  return await ctx.clients.network.ports.list(ctx, 'service', { device_id: server.id })
}

function groupName(body: unknown): string {
  if (body === null || typeof body !== 'object' || Array.isArray(body)) throw errors.BadRequest({ message: 'Missing parameter dict' })
  const name = (body as { name?: unknown }).name
  if (name === undefined) throw errors.BadRequest({ message: 'Security group not specified' })
  if (typeof name !== 'string' || name.trim() === '') throw errors.BadRequest({ message: 'Security group name cannot be empty' })
  return name
}

async function findGroup(ctx: ComputeContext, server: ServerRow, name: string): Promise<SecurityGroup> {
  const query = { tenant_id: server.project_id, fields: ['id', 'name'] }
  const byId = isUuidLike(name) ? await ctx.clients.network.securityGroups.list(ctx, 'user', { ...query, id: name }) : []
  const found = byId.length > 0 ? byId : await ctx.clients.network.securityGroups.list(ctx, 'user', { ...query, name })
  if (found.length > 1) throw errors.NoUniqueMatch({ name })
  if (found.length === 0) throw errors.SecurityGroupUnknown({ id: name, project: server.project_id })
  return found[0]!
}

const addSecurityGroup: ActionHandler = async (ctx, server, body) => {
  const group = await findGroup(ctx, server, groupName(body))
  const ports = await portsOf(ctx, server)
  // The network API would refuse the list of the first such port, after others were changed.
  if (ports.some((port) => port.security_groups.includes(group.id))) throw errors.SecurityGroupTwice({ id: group.id })
  for (const port of ports) {
    if (port.port_security_enabled === false || port.fixed_ips.length === 0) continue
    await ctx.clients.network.ports.update(ctx, 'service', port.id, { security_groups: [...port.security_groups, group.id] })
  }
  await refreshNetworkCache(ctx, server.id)
}

const removeSecurityGroup: ActionHandler = async (ctx, server, body) => {
  const name = groupName(body)
  const group = await findGroup(ctx, server, name)
  const ports = (await portsOf(ctx, server)).filter((port) => port.security_groups.includes(group.id))
  if (ports.length === 0) throw errors.NotFound({ message: `Security group ${name} not associated with the instance ${server.id}` })
  for (const port of ports) await ctx.clients.network.ports.update(ctx, 'service', port.id, { security_groups: port.security_groups.filter((id) => id !== group.id) })
  await refreshNetworkCache(ctx, server.id)
}

async function floatingIpOf(ctx: ComputeContext, address: string): Promise<FloatingIp> {
  const [found] = await ctx.clients.network.floatingIps.list(ctx, 'user', { floating_ip_address: address })
  if (found === undefined) throw errors.FloatingIpNotFound()
  return found
}

const addFloatingIp: ActionHandler<{ address: string; fixed_address?: string }> = async (ctx, server, body) => {
  const vifs = vifsOf(server)
  if (vifs.length === 0) throw errors.BadRequest({ message: 'Instance network is not ready yet' })
  const fixed = vifs.flatMap((vif) => vif.fixedIps.map((ip) => ({ ...ip, portId: vif.portId })))
  if (fixed.length === 0) throw errors.BadRequest({ message: 'No fixed IPs associated to instance' })
  const target = body.fixed_address === undefined ? fixed.find((ip) => ip.version === 4) : fixed.find((ip) => ip.address === body.fixed_address)
  if (target === undefined) {
    throw errors.BadRequest({ message: body.fixed_address === undefined
      ? `Unable to associate floating IP ${body.address} to any fixed IPs for instance ${server.id}. Instance has no fixed IPv4 addresses to associate.` : 'Specified fixed address not assigned to instance' })
  }
  const floating = await floatingIpOf(ctx, body.address)
  try {
    await ctx.clients.network.floatingIps.update(ctx, 'user', floating.id, { port_id: target.portId, fixed_ip_address: target.address })
  } catch (error) {
    if (error instanceof NeighbourError && error.status < 500) throw errors.BadRequest({ message: `Floating IP ${body.address} association has failed: ${error.message}` }, { cause: error })
    throw error
  }
  await refreshNetworkCache(ctx, server.id)
}

const removeFloatingIp: ActionHandler<{ address: string }> = async (ctx, server, body) => {
  const floating = await floatingIpOf(ctx, body.address)
  const mine = (await portsOf(ctx, server)).some((port) => port.id === floating.port_id)
  if (!mine) throw errors.Conflict({ message: `Floating IP ${body.address} is not associated with instance ${server.id}.` })
  await ctx.clients.network.floatingIps.update(ctx, 'user', floating.id, { port_id: null })
  await refreshNetworkCache(ctx, server.id)
}

const addFixedIp: ActionHandler<{ networkId: string | number }> = async (ctx, server, body) => {
  const port = (await portsOf(ctx, server)).find((one) => one.network_id === String(body.networkId))
  const [subnet] = port === undefined ? [] : await ctx.clients.network.subnets.list(ctx, 'service', { network_id: port.network_id })
  if (port === undefined || subnet === undefined) throw errors.BadRequest({ message: `Network ${body.networkId} could not be found.` })
  try {
    await ctx.clients.network.ports.update(ctx, 'service', port.id, { fixed_ips: [...port.fixed_ips, { subnet_id: subnet.id }] })
  } catch (error) {
    if (error instanceof NeighbourError && error.status < 500) throw errors.BadRequest({ message: 'No fixed IP addresses available for network: ' + String(body.networkId) }, { cause: error })
    throw error
  }
  await refreshNetworkCache(ctx, server.id)
}

const removeFixedIp: ActionHandler<{ address: string }> = async (ctx, server, body) => {
  const port = (await portsOf(ctx, server)).find((one) => one.fixed_ips.some((ip) => ip.ip_address === body.address))
  if (port === undefined) throw errors.BadRequest({ message: `Instance ${server.id} does not have fixed IP '${body.address}'.` })
  await ctx.clients.network.ports.update(ctx, 'service', port.id, { fixed_ips: port.fixed_ips.filter((ip) => ip.ip_address !== body.address) })
  await refreshNetworkCache(ctx, server.id)
}

const NETWORK_ID = Type.Unsafe<string | number>({ type: ['string', 'number'], minLength: 1, maxLength: 36 })

export const networkActions = [
  action('addSecurityGroup', addSecurityGroup, { rule: 'os_compute_api:os-security-groups:add' }),
  action('removeSecurityGroup', removeSecurityGroup, { rule: 'os_compute_api:os-security-groups:remove' }),
  action('addFloatingIp', addFloatingIp, { rule: 'os_compute_api:os-floating-ips:add', versions: '2.1-2.43', body: wrapped('addFloatingIp', closed({ address: IpAddress, fixed_address: Type.Optional(IpAddress) })) }),
  action('removeFloatingIp', removeFloatingIp, { rule: 'os_compute_api:os-floating-ips:remove', versions: '2.1-2.43', body: wrapped('removeFloatingIp', closed({ address: IpAddress })) }),
  action('addFixedIp', addFixedIp, { rule: 'os_compute_api:os-multinic:add', versions: '2.1-2.43', body: wrapped('addFixedIp', closed({ networkId: NETWORK_ID })) }),
  action('removeFixedIp', removeFixedIp, { rule: 'os_compute_api:os-multinic:remove', versions: '2.1-2.43', body: wrapped('removeFixedIp', closed({ address: IpAddress })) }),
]

/** The security groups of a server's ports, with their rules in compute's older form. */
export async function listServerSecurityGroups(ctx: ComputeContext, request: RouteRequest): Promise<object> {
  const server = await findServer(ctx, request.params['id']!, 'os_compute_api:os-security-groups:list')
  const ids = [...new Set((await portsOf(ctx, server)).flatMap((port) => port.security_groups))]
  const groups = ids.length === 0 ? [] : await ctx.clients.network.securityGroups.list(ctx, 'service', { id: ids })
  const names = new Map(groups.map((group) => [group.id, group]))
  return { security_groups: groups.map((group) => groupView(group, names)).toSorted((a, b) => (a.name < b.name ? -1 : 1)) }
}
