/** Networks, floating IPs and their pools as compute showed them until 2.35. */
import { NeighbourError } from '#core/clients/neighbour.ts'
import { isUuidLike } from '#core/ids/ids.ts'
import { may } from '#core/http/context.ts'
import type { RouteRequest } from '#core/http/route.ts'
import type { FloatingIp, Network } from '#services/network/contract.ts'
import type { ComputeContext } from '../context.ts'
import { errors } from '../errors.ts'

const FIELDS = ['cidr', 'netmask', 'gateway', 'broadcast', 'dns1', 'dns2', 'cidr_v6', 'gateway_v6', 'netmask_v6']
const ADMIN_FIELDS = ['created_at', 'updated_at', 'deleted_at', 'deleted', 'injected', 'bridge', 'vlan', 'vpn_public_address', 'vpn_public_port', 'vpn_private_address',
  'dhcp_start', 'project_id', 'host', 'bridge_interface', 'multi_host', 'priority', 'rxtx_base', 'mtu', 'dhcp_server', 'enable_dhcp', 'share_address']

/** Most of what a network was once is told as null. */
function networkView(ctx: ComputeContext, network: Network): object {
  const fields = may(ctx, 'context_is_admin') ? [...FIELDS, ...ADMIN_FIELDS] : FIELDS
  return { id: network.id, label: network.name, ...Object.fromEntries(fields.map((name) => [name, null])) }
}

/** The project's networks and the shared ones. */
async function networksOf(ctx: ComputeContext): Promise<Network[]> {
  if (may(ctx, 'context_is_admin')) return await ctx.clients.network.networks.list(ctx, 'user', {})
  const own = await ctx.clients.network.networks.list(ctx, 'user', { tenant_id: ctx.identity.project?.id, shared: 'False' })
  return [...own, ...await ctx.clients.network.networks.list(ctx, 'user', { shared: 'True' })]
}

async function networkWith(ctx: ComputeContext, id: string): Promise<Network> {
  const [network] = isUuidLike(id) ? await ctx.clients.network.networks.list(ctx, 'user', { id }) : []
  if (network === undefined) throw errors.NotFound({ message: 'Network not found' })
  return network
}

export async function listNetworks(ctx: ComputeContext): Promise<object> {
  return { networks: (await networksOf(ctx)).map((network) => networkView(ctx, network)) }
}

export async function showNetwork(ctx: ComputeContext, request: RouteRequest): Promise<object> {
  return { network: networkView(ctx, await networkWith(ctx, request.params['id']!)) }
}

function tenantView(network: Network): object {
  return { id: network.id, cidr: 'None', label: network.name }
}

export async function listTenantNetworks(ctx: ComputeContext): Promise<object> {
  return { networks: (await networksOf(ctx)).map(tenantView) }
}

export async function showTenantNetwork(ctx: ComputeContext, request: RouteRequest): Promise<object> {
  return { network: tenantView(await networkWith(ctx, request.params['id']!)) }
}

async function pools(ctx: ComputeContext): Promise<Network[]> {
  return await ctx.clients.network.networks.list(ctx, 'user', { 'router:external': 'True' })
}

export async function listPools(ctx: ComputeContext): Promise<object> {
  return { floating_ip_pools: (await pools(ctx)).map((network) => ({ name: network.name === '' ? network.id : network.name })) }
}

async function floatingView(ctx: ComputeContext, ip: FloatingIp, networks: Network[]): Promise<object> {
  const pool = networks.find((network) => network.id === ip.floating_network_id)
  const port = ip.port_id === null ? undefined : await ctx.clients.network.ports.get(ctx, 'user', ip.port_id)
  return { id: ip.id, ip: ip.floating_ip_address, pool: pool === undefined || pool.name === '' ? ip.floating_network_id : pool.name, fixed_ip: ip.fixed_ip_address, instance_id: port === undefined || port.device_id === '' ? null : port.device_id }
}

export async function listFloatingIps(ctx: ComputeContext): Promise<object> {
  const ips = await ctx.clients.network.floatingIps.list(ctx, 'user', { tenant_id: ctx.identity.project?.id })
  const networks = await pools(ctx)
  return { floating_ips: await Promise.all(ips.map((ip) => floatingView(ctx, ip, networks))) }
}

async function floatingIp(ctx: ComputeContext, id: string): Promise<FloatingIp> {
  if (!isUuidLike(id)) throw errors.BadRequest({ message: `Invalid ID received ${id}.` })
  const [ip] = await ctx.clients.network.floatingIps.list(ctx, 'user', { id })
  if (ip === undefined) throw errors.NotFound({ message: `Floating IP not found for ID ${id}` })
  return ip
}

export async function showFloatingIp(ctx: ComputeContext, request: RouteRequest): Promise<object> {
  const ip = await floatingIp(ctx, request.params['id']!)
  return { floating_ip: await floatingView(ctx, ip, await pools(ctx)) }
}

export async function createFloatingIp(ctx: ComputeContext, request: RouteRequest<{ pool?: string } | undefined>): Promise<object> {
  const wanted = request.body?.pool ?? undefined
  const networks = await pools(ctx)
  const found = wanted === undefined ? networks.slice(0, 1) : networks.filter((network) => network.name === wanted || network.id === wanted)
  if (found.length !== 1) throw errors.NotFound({ message: 'Floating IP pool not found.' })
  try {
    const ip = await ctx.clients.network.floatingIps.create(ctx, 'user', { floating_network_id: found[0]!.id, tenant_id: ctx.identity.project?.id })
    return { floating_ip: await floatingView(ctx, ip, networks) }
  } catch (error) {
    if (!(error instanceof NeighbourError) || error.status >= 500) throw error
    const where = wanted === undefined ? '' : ` in pool ${wanted}`
    if (error.code === 'OverQuota') throw errors.Forbidden({ message: `IP allocation over quota${where}.` }, { cause: error })
    if (error.code === 'IpAddressGenerationFailure' || error.code === 'ExternalIpAddressExhausted') throw errors.NotFound({ message: wanted === undefined ? 'No more floating IPs available.' : `No more floating IPs${where}.` }, { cause: error })
    throw errors.BadRequest({ message: error.message }, { cause: error })
  }
}

export async function deleteFloatingIp(ctx: ComputeContext, request: RouteRequest): Promise<void> {
  const ip = await floatingIp(ctx, request.params['id']!)
  await ctx.clients.network.floatingIps.remove(ctx, 'user', ip.id)
}
