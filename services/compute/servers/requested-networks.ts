/**
 * Where a new server is to be plugged in. The wish is checked in the caller's name before anything is accepted:
 * networks exist and may be used, ports are free, addresses are not taken.
 */
import { authorise, may } from '#core/http/context.ts'
import { isUuidLike } from '#core/ids/ids.ts'
import type { Network } from '#services/network/contract.ts'
import type { ComputeContext } from '../context.ts'
import { errors } from '../errors.ts'
import type { RequestedNetwork } from './server.schema.ts'

/** One NIC to make: on a network, or of the user's port. */
export interface NicRequest {
  index: number
  networkId: string
  label: string
  mtu: number
  /** The user's port; null makes one. */
  portId: string | null
  fixedIp: string | null
  tag: string | null
  /** False where the network takes no security groups. */
  portSecurity: boolean
}

/** `legacy`: the client could leave the choice out (until 2.36). */
export type NetworkWish = RequestedNetwork[] | 'auto' | 'none' | 'legacy'

export async function resolveNetworks(ctx: ComputeContext, wish: NetworkWish, count: number): Promise<NicRequest[]> {
  if (wish === 'none') return []
  if (wish !== 'legacy') authoriseAttach(ctx, wish)
  if (!Array.isArray(wish) || wish.length === 0) return await theOnlyNetwork(ctx, wish === 'auto')
  checkWish(wish, count)
  const ports = await freePorts(ctx, wish)
  const wanted = wish.map((item) => ({ ...item, networkId: item.port == null ? item.uuid! : ports.get(item.port)!.networkId }))
  const networks = await usableNetworks(ctx, wanted.map((item) => item.networkId), new Set(wanted.filter((item) => item.port == null).map((item) => item.networkId)))
  for (const item of wanted) if (item.fixed_ip !== undefined) await checkAddressFree(ctx, item.networkId, item.fixed_ip)
  return wanted.map((item, index) => nic(index, networks.get(item.networkId)!, { portId: item.port ?? null, fixedIp: item.fixed_ip ?? null, tag: item.tag ?? null }))
}

function authoriseAttach(ctx: ComputeContext, wish: NetworkWish): void {
  if (Array.isArray(wish) && wish.length === 0) return
  authorise(ctx, 'os_compute_api:servers:create:attach_network')
}

function nic(index: number, network: Network, rest: Pick<NicRequest, 'portId' | 'fixedIp' | 'tag'>): NicRequest {
  return { index, networkId: network.id, label: network.name, mtu: network.mtu ?? 1500, portSecurity: network.port_security_enabled !== false, ...rest }
}

function checkWish(wish: RequestedNetwork[], count: number): void {
  const seen = new Set<string>()
  for (const item of wish) {
    if (item.port == null) {
      if (item.uuid === undefined) throw errors.BadRequest({ message: "Bad network format: missing 'uuid'" })
      if (!isUuidLike(item.uuid)) throw errors.BadRequest({ message: `Bad networks format: network uuid is not in proper format (${item.uuid})` })
      if (item.fixed_ip !== undefined && count > 1) throw errors.LaunchFailed({ reason: 'max_count cannot be greater than 1 if an fixed_ip is specified.' })
      continue
    }
    if (seen.has(item.port)) throw errors.BadRequest({ message: `Port ID '${item.port}' was specified twice: you cannot attach a port multiple times.` })
    if (item.fixed_ip !== undefined) throw errors.BadRequest({ message: `Specified Fixed IP '${item.fixed_ip}' cannot be used with port '${item.port}': the two cannot be specified together.` })
    seen.add(item.port)
    if (count > 1) throw errors.LaunchFailed({ reason: 'Unable to launch multiple instances with a single configured port ID. Please launch your instance one by one with different ports.' })
  }
}

async function freePorts(ctx: ComputeContext, wish: RequestedNetwork[]): Promise<Map<string, { networkId: string }>> {
  const found = new Map<string, { networkId: string }>()
  for (const { port: id } of wish) {
    if (id == null) continue
    const port = await ctx.clients.network.ports.get(ctx, 'user', id)
    if (port === undefined) throw errors.PortNotFound({ id })
    if (port.device_id !== '') throw errors.PortInUse({ id })
    if (port.fixed_ips.length === 0) throw errors.PortRequiresFixedIp({ id })
    found.set(id, { networkId: port.network_id })
  }
  return found
}

async function usableNetworks(ctx: ComputeContext, ids: string[], needSubnet: Set<string>): Promise<Map<string, Network>> {
  const wanted = [...new Set(ids)]
  const networks = await ctx.clients.network.networks.list(ctx, 'user', { id: wanted })
  const found = new Map(networks.map((network) => [network.id, network]))
  const lost = wanted.filter((id) => !found.has(id))
  if (lost.length > 0) throw errors.NetworkNotFound({ id: lost.join(', ') })
  for (const network of networks) {
    if (needSubnet.has(network.id) && network.subnets.length === 0) throw errors.NetworkRequiresSubnet({ id: network.id })
    checkExternal(ctx, network)
  }
  return found
}

function checkExternal(ctx: ComputeContext, network: Network): void {
  if (network['router:external'] && !network.shared && !may(ctx, 'network:attach_external_network')) throw errors.ExternalNetworkForbidden({ id: network.id })
}

/** The one network of the project; none is fine unless it was asked for. */
async function theOnlyNetwork(ctx: ComputeContext, asked: boolean): Promise<NicRequest[]> {
  const project = ctx.identity.project?.id ?? ''
  const own = await ctx.clients.network.networks.list(ctx, 'user', { tenant_id: project, shared: 'False', ...(asked ? { admin_state_up: 'True' } : {}) })
  const shared = await ctx.clients.network.networks.list(ctx, 'user', { shared: 'True' })
  const networks = [...own, ...shared]
  if (networks.length > 1) throw errors.NetworkAmbiguous()
  if (networks.length === 0) {
    if (!asked) return []
    const id = await ctx.clients.network.autoAllocatedNetwork(ctx, project)
    if (id === undefined) throw errors.AutoAllocateUnable({ project })
    networks.push(...await ctx.clients.network.networks.list(ctx, 'user', { id }))
  }
  const network = networks[0]!
  checkExternal(ctx, network)
  return [nic(0, network, { portId: null, fixedIp: null, tag: null })]
}

async function checkAddressFree(ctx: ComputeContext, networkId: string, address: string): Promise<void> {
  const [taken] = await ctx.clients.network.ports.list(ctx, 'user', { network_id: networkId, fixed_ips: `ip_address=${address}` })
  if (taken !== undefined) throw errors.FixedIpAlreadyInUse({ address, server: taken.device_id })
}

/** Ids of security groups given by name or id; null leaves the choice to network (the project's default group). */
export async function resolveSecurityGroups(ctx: ComputeContext, given: { name?: string }[] | undefined): Promise<string[] | null> {
  const names = [...new Set((given ?? []).map((group) => group.name).filter((name) => name !== undefined && name !== ''))] as string[]
  if (names.length === 0 || (names.length === 1 && names[0] === 'default')) return null
  const project = ctx.identity.project?.id ?? ''
  const groups = await ctx.clients.network.securityGroups.list(ctx, 'user', { tenant_id: project, fields: ['id', 'name'] })
  return names.map((name) => {
    const byId = groups.find((group) => group.id === name)
    if (byId !== undefined) return byId.id
    const byName = groups.filter((group) => group.name === name)
    if (byName.length > 1) throw errors.NoUniqueMatch({ name })
    if (byName.length === 0) throw errors.SecurityGroupNotFound({ id: name })
    return byName[0]!.id
  })
}
