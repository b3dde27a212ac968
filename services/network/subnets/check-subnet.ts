/** What must hold of a subnet, new or changed, in upstream's order and words. */
import { contains, isLoopback, isMulticast, parseCidr, type Cidr } from '../addresses/cidr.ts'
import { parseIp } from '../addresses/ip.ts'
import type { Item } from '../attributes/attribute.ts'
import type { NetworkContext } from '../context.ts'
import type { SubnetRow } from '../database.ts'
import { errors, invalidInput } from '../errors.ts'
import type { Route } from './subnet.view.ts'

export interface SubnetPlan {
  version: 4 | 6
  cidr: Cidr | undefined
  cidrText: string
  enableDhcp: boolean
  /** The subnet before a change. */
  current: SubnetRow | undefined
}

export function isAutoAddress(subnet: Pick<SubnetRow, 'ipv6_ra_mode' | 'ipv6_address_mode'>): boolean {
  const modes = ['slaac', 'dhcpv6-stateless']
  return modes.includes(subnet.ipv6_address_mode ?? '') || modes.includes(subnet.ipv6_ra_mode ?? '')
}

export function checkSubnet(ctx: NetworkContext, item: Item, plan: SubnetPlan): void {
  if (plan.cidr !== undefined && plan.cidr.version !== plan.version) throw mismatch('cidr', plan.cidrText, plan.version)
  if (plan.enableDhcp && plan.current?.enable_dhcp !== 1 && plan.cidr !== undefined) checkDhcp(plan.cidr)
  const gateway = item['gateway_ip']
  if (typeof gateway === 'string') checkGateway(gateway, plan)
  checkNameservers(ctx, item, plan)
  checkRoutes(ctx, item, plan)
  if (plan.version === 4) {
    for (const name of ['ipv6_ra_mode', 'ipv6_address_mode']) if (isSet(item[name])) throw invalidInput(`${name} is not valid when ip_version is 4`)
  } else if (plan.current !== undefined) {
    if (item['enable_dhcp'] === false && (plan.current.ipv6_ra_mode ?? plan.current.ipv6_address_mode) !== null) throw invalidInput('Cannot disable enable_dhcp with ipv6 attributes set')
  } else checkModes(item, plan)
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null
}

function mismatch(name: string, address: string, version: number): Error {
  return invalidInput(`${name} '${address}' does not match the ip_version '${version}'`)
}

function checkDhcp(cidr: Cidr): void {
  if (cidr.prefix > (cidr.version === 4 ? 30 : 126)) throw invalidInput('Subnet has a prefix length that is incompatible with DHCP service enabled')
  if (isMulticast(cidr)) throw invalidInput('Multicast IP subnet is not supported if enable_dhcp is True')
  if (isLoopback(cidr)) throw invalidInput('Loopback IP subnet is not supported if enable_dhcp is True')
  if (cidr.version === 4 && cidr.first === 0n) throw invalidInput("First IP '0.0.0.0' of network is not supported if enable_dhcp is True.")
}

function checkGateway(gateway: string, plan: SubnetPlan): void {
  const ip = parseIp(gateway)!
  if (ip.version !== plan.version) throw mismatch('gateway_ip', gateway, plan.version)
  const { cidr } = plan
  if (cidr !== undefined && cidr.version === 4 && cidr.prefix < 31 && contains(cidr, ip) && (ip.value === cidr.first || ip.value === cidr.last)) {
    throw invalidInput('Gateway is not valid on subnet')
  }
}

function checkNameservers(ctx: NetworkContext, item: Item, plan: SubnetPlan): void {
  const servers = (item['dns_nameservers'] ?? []) as string[]
  const most = ctx.config.maxDnsNameservers
  if (servers.length > most) throw errors.DNSNameServersExhausted({ subnetId: plan.current?.id ?? 'new subnet', quota: most })
  for (const server of servers) if (parseIp(server)!.version !== plan.version) throw mismatch('dns_nameserver', server, plan.version)
}

function checkRoutes(ctx: NetworkContext, item: Item, plan: SubnetPlan): void {
  const routes = (item['host_routes'] ?? []) as Route[]
  const most = ctx.config.maxSubnetHostRoutes
  if (routes.length > most) throw errors.HostRoutesExhausted({ subnetId: plan.current?.id ?? 'new subnet', quota: most })
  for (const { destination, nexthop } of routes) {
    if (parseIp(nexthop)!.version !== plan.version) throw mismatch('nexthop', nexthop, plan.version)
    if (parseCidr(destination)!.version !== plan.version) throw mismatch('destination', destination, plan.version)
  }
}

/** Router advertisements and addressing must agree, need DHCP switched on, and EUI-64 addresses need a /64. */
function checkModes(item: Item, plan: SubnetPlan): void {
  const ra = item['ipv6_ra_mode'] as string | undefined
  const address = item['ipv6_address_mode'] as string | undefined
  if ((isSet(ra) || isSet(address)) && !plan.enableDhcp) throw invalidInput('ipv6_ra_mode or ipv6_address_mode cannot be set when enable_dhcp is set to False')
  if (isSet(ra) && isSet(address) && ra !== address) {
    throw invalidInput(`ipv6_ra_mode set to '${ra!}' with ipv6_address_mode set to '${address!}' is not valid. If both attributes are set, they must be the same value`)
  }
  const auto = isAutoAddress({ ipv6_ra_mode: ra ?? null, ipv6_address_mode: address ?? null })
  if (auto && plan.cidr !== undefined && plan.cidr.prefix !== 64) {
    throw invalidInput(`Invalid CIDR ${plan.cidrText} for IPv6 address mode. OpenStack uses the EUI-64 address format, which requires the prefix to be /64`)
  }
}
