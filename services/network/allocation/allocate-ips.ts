/**
 * Which addresses a port gets. Nobody asked: one of IPv4 and one of stateful IPv6, from the first subnet that has
 * any. Somebody asked: those subnets or addresses. Either way a port gets the addresses that hosts make for
 * themselves on SLAAC subnets (RFC 4862), except a router's.
 */
import { fromJson } from '#core/db/json.ts'
import { parseCidr } from '../addresses/cidr.ts'
import { parseIp } from '../addresses/ip.ts'
import { looksLikeEui64, slaacAddress } from '../addresses/mac.ts'
import { size } from '../addresses/ranges.ts'
import type { NetworkContext } from '../context.ts'
import type { IpAllocationRow, SubnetRow } from '../database.ts'
import { errors, invalidInput } from '../errors.ts'
import { isAutoAddress } from '../subnets/check-subnet.ts'
import { fromPools, isHostAddress, type Pool } from '../subnets/pools.ts'
import { getSubnet, subnetsOfNetwork } from '../subnets/subnet.store.ts'
import { releaseAddresses, takeAddress } from './ip-allocation.store.ts'
import { noteReleased, takeNextAddress } from './next-address.ts'

const ROUTER_OWNERS = ['network:router_interface', 'network:ha_router_replicated_interface', 'network:router_interface_distributed']
const ROUTER_OWNERS_SNAT = [...ROUTER_OWNERS, 'network:router_centralized_snat']
const ROUTER_PORT_OWNERS = [...ROUTER_OWNERS_SNAT, 'network:router_gateway', '']

export interface AskedIp { subnet_id?: string; ip_address?: string }

export interface AllocatingPort { id: string; networkId: string; macAddress: string; deviceOwner: string }

/** One address to find: in this subnet (or the first of these with room), maybe a certain one. */
interface Demand { subnets: SubnetRow[]; address?: string; auto?: boolean }

/** `asked` undefined: nobody said. An empty list: none at all. */
export async function allocateIps(ctx: NetworkContext, port: AllocatingPort, asked: readonly AskedIp[] | undefined): Promise<IpAllocationRow[]> {
  const all = await subnetsOfNetwork(ctx, port.networkId)
  const subnets = candidates(all, port)
  const demands = asked === undefined ? usualDemands(subnets) : await askedDemands(ctx, port, asked, subnets)
  demands.push(...autoDemands(subnets, port, new Set()))
  if (subnets.length === 0 && all.length > 0 && asked === undefined) {
    throw errors.IpAddressGenerationFailureNoMatchingSubnet({ networkId: port.networkId, serviceType: port.deviceOwner })
  }
  return await satisfy(ctx, port, demands)
}

/** What an update of `fixed_ips` leaves, gives back and takes, as upstream matches old and new. */
export async function reallocateIps(ctx: NetworkContext, port: AllocatingPort, held: readonly IpAllocationRow[], asked: readonly (AskedIp & { delete_subnet?: boolean })[]): Promise<IpAllocationRow[]> {
  const subnets = candidates(await subnetsOfNetwork(ctx, port.networkId), port)
  const byId = new Map(subnets.map((s) => [s.id, s]))
  const { keep, remove, add } = matchIps(held, asked, (row) => !isAutoAddress(byId.get(row.subnet_id) ?? noModes) || ROUTER_OWNERS_SNAT.includes(port.deviceOwner))
  const demands = await askedDemands(ctx, port, add, subnets)
  await releaseAddresses(ctx, remove)
  noteReleased(ctx, remove)
  const handled = new Set([...keep, ...remove].map((r) => r.subnet_id).concat(demands.map((d) => d.subnets[0]!.id)))
  demands.push(...autoDemands(subnets, port, handled))
  return [...keep, ...(await satisfy(ctx, port, demands))]
}

const noModes = { ipv6_ra_mode: null, ipv6_address_mode: null }

function matchIps(held: readonly IpAllocationRow[], asked: readonly (AskedIp & { delete_subnet?: boolean })[], required: (row: IpAllocationRow) => boolean): { keep: IpAllocationRow[]; remove: IpAllocationRow[]; add: AskedIp[] } {
  const dropped = new Set(asked.filter((a) => a.delete_subnet === true).map((a) => a.subnet_id))
  const wanted = asked.filter((a) => a.delete_subnet !== true && !(a.subnet_id !== undefined && dropped.has(a.subnet_id)))
  const left = new Map(held.map((row) => [row.ip_address, row]))
  const keep: IpAllocationRow[] = []
  const add: AskedIp[] = []
  const maybeRemove: IpAllocationRow[] = []
  for (const ask of wanted.filter((w) => w.ip_address !== undefined)) {
    const same = left.get(ask.ip_address!)
    if (same === undefined) add.push(ask)
    else keep.push(same)
    left.delete(ask.ip_address!)
  }
  for (const ask of wanted.filter((w) => w.ip_address === undefined)) {
    const same = [...left.values()].findLast((row) => row.subnet_id === ask.subnet_id)
    if (same !== undefined) left.delete(same.ip_address)
    if (same === undefined || looksLikeEui64(same.ip_address)) add.push(ask)
    else keep.push(same)
    if (same !== undefined && looksLikeEui64(same.ip_address)) maybeRemove.push(same)
  }
  const remove: IpAllocationRow[] = []
  for (const row of [...left.values(), ...maybeRemove]) (required(row) || dropped.has(row.subnet_id) ? remove : keep).push(row)
  return { keep, remove, add }
}

/** Subnets for this kind of device: those that name it, or name none. */
function candidates(subnets: readonly SubnetRow[], port: AllocatingPort): SubnetRow[] {
  const types = (s: SubnetRow): string[] => fromJson<string[]>(s.service_types, [])
  return subnets.filter((s) => s.service_types === null || types(s).length === 0 || types(s).includes(port.deviceOwner) || (port.deviceOwner === 'network:dhcp'))
    .sort((a, b) => Number(b.service_types !== null) - Number(a.service_types !== null))
}

function usualDemands(subnets: readonly SubnetRow[]): Demand[] {
  const v4 = subnets.filter((s) => s.ip_version === 4)
  const v6 = subnets.filter((s) => s.ip_version === 6 && !isAutoAddress(s))
  return [v4, v6].filter((group) => group.length > 0).map((group) => ({ subnets: group }))
}

function autoDemands(subnets: readonly SubnetRow[], port: AllocatingPort, handled: ReadonlySet<string>): Demand[] {
  if (ROUTER_OWNERS_SNAT.includes(port.deviceOwner)) return []
  return subnets.filter((s) => s.ip_version === 6 && isAutoAddress(s) && !handled.has(s.id)).map((s) => ({ subnets: [s], auto: true }))
}

async function askedDemands(ctx: NetworkContext, port: AllocatingPort, asked: readonly AskedIp[], subnets: readonly SubnetRow[]): Promise<Demand[]> {
  const demands: Demand[] = []
  for (const ask of asked) {
    const subnet = await subnetFor(ctx, port, ask, subnets)
    if (ask.ip_address !== undefined) {
      if (isAutoAddress(subnet) && !ROUTER_OWNERS.includes(port.deviceOwner)) throw errors.AllocationOnAutoAddressSubnet({ ip: ask.ip_address, subnetId: subnet.id })
      demands.push({ subnets: [subnet], address: ask.ip_address })
    } else if (!isAutoAddress(subnet) || ROUTER_OWNERS_SNAT.includes(port.deviceOwner)) demands.push({ subnets: [subnet] })
  }
  return demands
}

async function subnetFor(ctx: NetworkContext, port: AllocatingPort, ask: AskedIp, subnets: readonly SubnetRow[]): Promise<SubnetRow> {
  if (subnets.length === 0) throw invalidInput('IP allocation requires subnets for network')
  const ip = ask.ip_address === undefined ? undefined : parseIp(ask.ip_address)!
  const routerPort = ROUTER_PORT_OWNERS.includes(port.deviceOwner)
  if (ask.subnet_id !== undefined) {
    const subnet = subnets.find((s) => s.id === ask.subnet_id)
    if (subnet === undefined) {
      if ((await getSubnet(ctx, ask.subnet_id)) === undefined) throw errors.SubnetNotFound({ subnetId: ask.subnet_id })
      throw invalidInput(`Failed to create port on network ${port.networkId}, because fixed_ips included invalid subnet ${ask.subnet_id}`)
    }
    if (ip !== undefined && !isHostAddress(parseCidr(subnet.cidr)!, ip, routerPort)) throw errors.InvalidIpForSubnet({ ipAddress: ask.ip_address! })
    return subnet
  }
  if (ip === undefined) throw invalidInput('IP allocation requires subnet_id or ip_address')
  const subnet = subnets.find((s) => isHostAddress(parseCidr(s.cidr)!, ip, routerPort))
  if (subnet === undefined) throw errors.InvalidIpForNetwork({ ipAddress: ask.ip_address! })
  return subnet
}

async function satisfy(ctx: NetworkContext, port: AllocatingPort, demands: readonly Demand[]): Promise<IpAllocationRow[]> {
  const rows: IpAllocationRow[] = []
  const holder = { portId: port.id, networkId: port.networkId }
  // Certain addresses first: otherwise a free choice might take one of them.
  for (const demand of [...demands].sort((a, b) => Number(isCertain(b)) - Number(isCertain(a)))) {
    if (isCertain(demand)) {
      const subnet = demand.subnets[0]!
      const address = demand.address ?? slaacAddress(parseCidr(subnet.cidr)!, port.macAddress)
      const row = await takeAddress(ctx, subnet.id, parseIp(address)!, holder)
      if (row === undefined) throw errors.IpAddressAlreadyAllocated({ ip: address, subnetId: subnet.id })
      rows.push(row)
    } else rows.push(await takeAny(ctx, port, demand, holder))
  }
  return rows
}

function isCertain(demand: Demand): boolean {
  return demand.address !== undefined || demand.auto === true
}

async function takeAny(ctx: NetworkContext, port: AllocatingPort, demand: Demand, holder: { portId: string; networkId: string }): Promise<IpAllocationRow> {
  for (const subnet of demand.subnets) {
    const row = await takeNextAddress(ctx, subnet, holder)
    if (row !== undefined) return row
  }
  throw errors.IpAddressGenerationFailure({ netId: port.networkId }, { extra: { detail: demand.subnets.map(exhausted).join(' ') } })
}

/** Upstream's sentence says on which network; this one where, how many, and what helps. */
function exhausted(subnet: SubnetRow): string {
  const addresses = size(fromPools(fromJson<Pool[]>(subnet.allocation_pools, [])))
  if (addresses === 0n) return `Subnet ${subnet.id} (${subnet.cidr}) has no allocation pools: ask for an address of it, or give it pools.`
  const taken = addresses === 1n ? 'the only address of its allocation pools is' : `all ${addresses} addresses of its allocation pools are`
  return `Subnet ${subnet.id} (${subnet.cidr}): ${taken} taken. Delete a port that has one, or widen the pools.`
}
