/**
 * What dnsmasq reads for one network: who has which address (`host`), names (`addn_hosts`), options (`opts`), and
 * its arguments. Layout and option names are those that users of the reference DHCP agent find on a host.
 * dnsmasq(8): https://thekelleys.org.uk/dnsmasq/docs/dnsmasq-man.html
 */
import { isV6, netmask, parsePrefix } from '../addresses.ts'
import type { Network, Subnet } from '../../driver.ts'

const METADATA = '169.254.169.254/32'
const LEASE_SECONDS = 86_400

export interface DnsmasqFiles { host: string; addn_hosts: string; opts: string }

export type ServedNetwork = Network & { dhcp: NonNullable<Network['dhcp']> }

/** `isolated(subnet)`: no router of this host has the subnet's gateway, so metadata is answered by DHCP's namespace. */
export function dnsmasqFiles(network: ServedNetwork, isolated: (subnet: Subnet) => boolean): DnsmasqFiles {
  return { host: hostLines(network).join(''), addn_hosts: nameLines(network).join(''), opts: optionLines(network, isolated).join('') }
}

export function dnsmasqArguments(network: ServedNetwork, folder: string, inner: string, dnsServers: readonly string[]): string[] {
  const domain = network.dhcp.dnsDomain.replace(/\.$/, '')
  const served = network.subnets.filter(isServed)
  const leases = served.reduce((sum, subnet) => sum + 2 ** Math.min(16, (subnet.ipVersion === 4 ? 32 : 128) - parsePrefix(subnet.cidr).length), 0)
  return [
    '--no-hosts', '--no-resolv', '--conf-file=/dev/null', '--user=root', '--bind-dynamic', `--interface=${inner}`, '--except-interface=lo',
    `--pid-file=${folder}/pid`, `--dhcp-hostsfile=${folder}/host`, `--addn-hosts=${folder}/addn_hosts`, `--dhcp-optsfile=${folder}/opts`,
    `--dhcp-leasefile=${folder}/leases`, `--log-facility=${folder}/log`, '--dhcp-match=set:ipxe,175', '--dhcp-userclass=set:ipxe6,iPXE',
    '--dhcp-authoritative', `--dhcp-lease-max=${Math.max(1, Math.min(leases, 65_536))}`, `--dhcp-option-force=option:mtu,${network.mtu}`,
    ...(domain === '' ? [] : [`--domain=${domain}`, `--local=/${domain}/`]),
    ...served.map(rangeArgument), ...dnsServers.map((server) => `--server=${server}`),
  ]
}

/** SLAAC alone needs no server. */
function isServed(subnet: Subnet): boolean {
  if (!subnet.enableDhcp) return false
  if (subnet.ipVersion === 4) return true
  const { ipv6AddressMode: mode, ipv6RaMode: ra } = subnet
  return parsePrefix(subnet.cidr).length >= 64 && (mode === 'dhcpv6-stateful' || mode === 'dhcpv6-stateless' || (mode === null && ra === null))
}

function rangeArgument(subnet: Subnet): string {
  const prefix = parsePrefix(subnet.cidr)
  return `--dhcp-range=set:subnet-${subnet.id},${prefix.address},static,${subnet.ipVersion === 4 ? netmask(prefix.length) : prefix.length},${LEASE_SECONDS}s`
}

/** A name for an address whose port has none. */
function nameOf(hostname: string, ip: string): string {
  return hostname === '' ? `host-${ip.replace(/[.:]+/g, '-')}` : hostname
}

function qualified(name: string, domain: string): string {
  const bare = domain.replace(/\.$/, '')
  return bare === '' ? name : `${name}.${bare}`
}

function hostLines(network: ServedNetwork): string[] {
  const subnets = new Map(network.subnets.map((subnet) => [subnet.id, subnet]))
  return network.dhcp.leases.flatMap((lease) => {
    const clientId = lease.extraDhcpOpts.find((option) => option.optName === 'client-id' || option.optName === '61')
    const who = clientId === undefined ? lease.macAddress : `${lease.macAddress},id:${clientId.optValue}`
    const tag = lease.extraDhcpOpts.length === 0 ? '' : `,set:port-${lease.portId}`
    const served = lease.fixedIps.filter(({ subnetId }) => subnets.get(subnetId)?.enableDhcp === true)
    const lines = served.filter(({ subnetId }) => !isMadeByGuest(subnets.get(subnetId)!)).map(({ ipAddress }) => {
      const name = qualified(nameOf(lease.hostname, ipAddress), network.dhcp.dnsDomain)
      return `${who},${name},${isV6(ipAddress) ? `[${ipAddress}]` : ipAddress}${tag}\n`
    })
    // A line without an address fits every family, and hides those that have one: only for options, and only alone.
    return lines.length === 0 && served.length > 0 && tag !== '' ? [`${who}${tag}\n`] : lines
  })
}

/** Addresses that nobody hands out. */
function isMadeByGuest({ ipVersion, ipv6AddressMode }: Subnet): boolean {
  return ipVersion === 6 && (ipv6AddressMode === 'slaac' || ipv6AddressMode === 'dhcpv6-stateless')
}

function nameLines(network: ServedNetwork): string[] {
  return network.dhcp.leases.flatMap((lease) => lease.fixedIps.map(({ ipAddress }) => {
    const name = nameOf(lease.hostname, ipAddress)
    const full = qualified(name, network.dhcp.dnsDomain)
    return `${ipAddress}\t${full === name ? name : `${full} ${name}`}\n`
  }))
}

function optionLines(network: ServedNetwork, isolated: (subnet: Subnet) => boolean): string[] {
  const lines = network.subnets.filter((subnet) => subnet.enableDhcp).flatMap((subnet) => subnetOptions(network, subnet, isolated(subnet)))
  for (const lease of network.dhcp.leases) {
    const versions = new Set(lease.fixedIps.map(({ ipAddress }) => (isV6(ipAddress) ? 6 : 4)))
    for (const { optName, optValue, ipVersion } of lease.extraDhcpOpts) {
      if (optName === 'client-id' || optName === '61' || !versions.has(ipVersion === 6 ? 6 : 4)) continue
      lines.push(option(`port-${lease.portId}`, ipVersion, optName, optValue))
    }
  }
  return lines
}

/** One line; a value with a line break would be two, so breaks become spaces. */
function option(tag: string, ipVersion: number, name: string, value?: string): string {
  const known = ipVersion === 6 ? `option6:${name}` : /^\d+$/.test(name) ? name : `option:${name}`
  return `tag:${tag},${known}${value === undefined ? '' : `,${value.replace(/[\r\n]+/g, ' ')}`}\n`
}

function subnetOptions(network: ServedNetwork, subnet: Subnet, isolated: boolean): string[] {
  const tag = `subnet-${subnet.id}`
  const own = network.dhcp.fixedIps.find(({ subnetId }) => subnetId === subnet.id)?.ipAddress
  const lines: string[] = []
  const none = subnet.dnsNameservers.some((server) => server === '0.0.0.0' || server === '::')
  const resolvers = subnet.dnsNameservers.length > 0 ? subnet.dnsNameservers.filter((server) => isV6(server) === (subnet.ipVersion === 6)) : own === undefined ? [] : [own]
  if (none) lines.push(option(tag, subnet.ipVersion, 'dns-server'))
  else if (resolvers.length > 0) lines.push(option(tag, subnet.ipVersion, 'dns-server', resolvers.map((server) => (isV6(server) ? `[${server}]` : server)).join(',')))
  if (subnet.ipVersion === 6) {
    const domain = network.dhcp.dnsDomain.replace(/\.$/, '')
    return domain === '' ? lines : [...lines, option(tag, 6, 'domain-search', domain)]
  }
  return [...lines, ...routeOptions(network, subnet, tag, isolated ? own : subnet.gatewayIp ?? own)]
}

function routeOptions(network: ServedNetwork, subnet: Subnet, tag: string, metadataBy: string | undefined): string[] {
  let gateway = subnet.gatewayIp
  const routes: string[] = network.subnets.filter((other) => other.ipVersion === 4 && other.cidr !== subnet.cidr).map((other) => `${other.cidr},0.0.0.0`)
  for (const { destination, nexthop } of subnet.hostRoutes) {
    if (destination === '0.0.0.0/0') gateway ??= nexthop
    else routes.push(`${destination},${nexthop}`)
  }
  if (metadataBy !== undefined) routes.push(`${METADATA},${metadataBy}`)
  // A client that reads classless routes ignores the router option (RFC 3442), so the default route is in both.
  if (routes.length > 0 && gateway !== null) routes.push(`0.0.0.0/0,${gateway}`)
  const classless = routes.length === 0 ? [] : [option(tag, 4, 'classless-static-route', routes.join(',')), option(tag, 4, '249', routes.join(','))]
  return [...classless, option(tag, 4, 'router', gateway ?? undefined)]
}
