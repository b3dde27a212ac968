/**
 * The two tables of a host's firewall, from the wanted ports and groups.
 *
 * `bridge`: before br_netfilter sees a frame, frames from guests are checked for stolen addresses and get the mark
 * of their port; before it is forwarded, a frame to a guest gets the mark of that port.
 * `inet`: br_netfilter hands bridged packets to conntrack; every network has a zone of its own, so two tenants may
 * use the same addresses. What a port may send is decided in prerouting, what it may receive in forward. One chain
 * per group, one per set of groups, remote groups as named sets: a new port is a few set elements.
 *
 * What is always allowed is what upstream's iptables firewall allows: DHCP requests, neighbour discovery and
 * multicast listener reports from guests, DHCP answers and router advertisements to them; never the other way round.
 */
import { createHash } from 'node:crypto'
import type { Port, Wanted } from '../../driver.ts'
import { isHost, isV6, linkLocal, printPrefix, withoutContained, type Prefix } from '../addresses.ts'
import { stableNumber, type Names } from '../names.ts'
import { NftTable } from '../nft-table.ts'
import { groupChain, groupRules, memberSet } from './group-rules.ts'
import type { PortNumbers } from './port-numbers.ts'

const TO_GUEST = 0x8000

export interface Firewall { l2: NftTable; groups: NftTable }

/** Ports whose traffic is filtered: the host's own (`network:…`) and those without port security are not. */
export function filteredPorts(ports: readonly Port[]): Port[] {
  return ports.filter((port) => port.portSecurityEnabled && !port.deviceOwner.startsWith('network:'))
}

/** Numbers must have been assigned for the ports and their networks. */
export function buildFirewall(wanted: Wanted, names: Names, numbers: PortNumbers): Firewall {
  const ports = filteredPorts(wanted.ports)
  const cloud = (1 + stableNumber(names.tag, 0xfffe)) * 0x10000
  return { l2: l2Table(ports, names, cloud, numbers), groups: groupTable(wanted, ports, names, cloud, numbers) }
}

function hex(value: number): string { return `0x${(value >>> 0).toString(16).padStart(8, '0')}` }

function quoted(name: string): string { return `"${name}"` }

function l2Table(ports: readonly Port[], names: Names, cloud: number, numbers: PortNumbers): NftTable {
  const table = new NftTable('bridge', names.l2Table)
  const guests = table.set('guests', 'type ifname;')
  const macs = table.set('macs', 'type ifname . ether_addr;')
  const own4 = table.set('own4', 'type ifname . ether_addr . ipv4_addr;')
  const own6 = table.set('own6', 'type ifname . ether_addr . ipv6_addr;')
  const pairs4 = table.set('pairs4', 'type ifname . ether_addr . ipv4_addr; flags interval;')
  const pairs6 = table.set('pairs6', 'type ifname . ether_addr . ipv6_addr; flags interval;')
  const from = table.map('from_mark', 'type ifname : mark;')
  const to = table.map('to_mark', 'type ifname : mark;')
  for (const port of ports) {
    const tap = quoted(port.tapName)
    guests.set(tap, '')
    from.set(tap, hex(cloud + numbers.port(port.id)))
    to.set(tap, hex(cloud + TO_GUEST + numbers.port(port.id)))
    for (const [mac, prefixes] of allowedSources(port)) {
      macs.set(`${tap} . ${mac}`, '')
      for (const prefix of prefixes) {
        const element = `${tap} . ${mac} . ${printPrefix(prefix)}`
        if (isHost(prefix)) (prefix.v6 ? own6 : own4).set(element, '')
        else (prefix.v6 ? pairs6 : pairs4).set(element, '')
      }
    }
  }
  l2Chains(table, cloud)
  return table
}

/** MAC → addresses a port may send from. A port without any address may use all, as upstream. */
function allowedSources(port: Port): Map<string, Prefix[]> {
  const sources = new Map<string, string[]>()
  const add = (mac: string, ...addresses: string[]): void => {
    const key = mac.toLowerCase()
    const known = sources.get(key) ?? [linkLocal(key)]
    known.push(...addresses)
    sources.set(key, known)
  }
  add(port.macAddress, ...(port.fixedIps.length === 0 ? ['0.0.0.0/0', '::/0'] : port.fixedIps.map(({ ipAddress }) => ipAddress)))
  for (const pair of port.allowedAddressPairs) add(pair.macAddress === '' ? port.macAddress : pair.macAddress, pair.ipAddress)
  return new Map([...sources].map(([mac, addresses]) => [mac, withoutContained(addresses)]))
}

function l2Chains(table: NftTable, cloud: number): void {
  table.chain('mark_from', ['meta mark set iifname map @from_mark accept'])
  table.chain('from_guest', [
    'iifname . ether saddr != @macs counter drop comment "stolen MAC address"',
    'ether type arp jump arp_from_guest',
    'ether type ip ip saddr 0.0.0.0 udp sport 68 udp dport 67 goto mark_from',
    'ether type ip udp sport 67 udp dport 68 counter drop comment "a guest is no DHCP server"',
    'ether type ip iifname . ether saddr . ip saddr @own4 goto mark_from',
    'ether type ip iifname . ether saddr . ip saddr @pairs4 goto mark_from',
    'ether type ip6 icmpv6 type { nd-router-advert, nd-redirect } counter drop comment "a guest is no router"',
    'ether type ip6 udp sport 547 udp dport 546 counter drop comment "a guest is no DHCP server"',
    'ether type ip6 ip6 saddr :: icmpv6 type { nd-neighbor-solicit, mld-listener-report, mld2-listener-report } goto mark_from',
    'ether type ip6 iifname . ether saddr . ip6 saddr @own6 goto mark_from',
    'ether type ip6 iifname . ether saddr . ip6 saddr @pairs6 goto mark_from',
    'counter drop comment "stolen IP address, or no IP at all"',
  ])
  table.chain('arp_from_guest', [
    'iifname . arp saddr ether != @macs counter drop comment "stolen MAC address in ARP"',
    // An address probe (RFC 5227) has no sender address yet.
    'arp saddr ip 0.0.0.0 arp operation request accept',
    'iifname . arp saddr ether . arp saddr ip @own4 accept',
    'iifname . arp saddr ether . arp saddr ip @pairs4 accept',
    'counter drop comment "stolen IP address in ARP"',
  ])
  table.chain('prerouting', ['iifname @guests jump from_guest'], 'type filter hook prerouting priority -300; policy accept;')
  table.chain('forward', [
    `meta mark & 0xffff0000 == ${hex(cloud)} meta mark set 0x00000000`,
    'oifname @guests meta mark set oifname map @to_mark',
  ], 'type filter hook forward priority -210; policy accept;')
}

function groupTable(wanted: Wanted, ports: readonly Port[], names: Names, cloud: number, numbers: PortNumbers): NftTable {
  const table = new NftTable('inet', names.groupTable)
  // The host itself routes for flat and VLAN networks; in a zone it would lose sight of what it translates.
  const zones = wanted.networks.filter(({ type }) => type === 'vxlan' || type === 'local')
    .map((network) => [quoted(names.bridge(network)), String(numbers.zone(network.id))] as const)
  table.map('zones', 'typeof iifname : ct zone;', zones)
  memberSets(table, wanted)
  const from = table.map('from_guest', 'type mark : verdict;')
  const to = table.map('to_guest', 'type mark : verdict;')
  const stateless = table.set('stateless', 'type mark;')
  groupChains(table, wanted, ports)
  const groups = new Map(wanted.securityGroups.map((group) => [group.id, group]))
  for (const port of ports) {
    const number = numbers.port(port.id)
    const known = port.securityGroupIds.filter((id) => groups.has(id))
    if (known.length > 0 && known.every((id) => !groups.get(id)!.stateful)) {
      stateless.set(hex(cloud + number), '')
      stateless.set(hex(cloud + TO_GUEST + number), '')
    }
    if (known.length === 0) continue
    from.set(hex(cloud + number), `jump ${comboChain(table, known, 'egress')}`)
    to.set(hex(cloud + TO_GUEST + number), `jump ${comboChain(table, known, 'ingress')}`)
  }
  hookChains(table, cloud)
  return table
}

/** Sets of members, for the groups that some rule names as remote. Groups hold hosts and, through pairs, prefixes. */
function memberSets(table: NftTable, wanted: Wanted): void {
  const remote = new Set(wanted.securityGroups.flatMap((group) => group.rules.map((rule) => rule.remoteGroupId)))
  for (const group of wanted.securityGroups) {
    if (!remote.has(group.id)) continue
    for (const version of [4, 6] as const) {
      const members = withoutContained(group.memberIps.filter((ip) => isV6(ip) === (version === 6))).map(printPrefix)
      table.set(memberSet(group.id, version), `type ipv${version}_addr; flags interval;`, members)
    }
  }
}

function groupChains(table: NftTable, wanted: Wanted, ports: readonly Port[]): void {
  const used = new Set(ports.flatMap((port) => port.securityGroupIds))
  for (const group of wanted.securityGroups) {
    if (!used.has(group.id)) continue
    for (const direction of ['ingress', 'egress'] as const) {
      table.chain(groupChain(group.id, direction), groupRules(group, direction, (set) => table.sets.has(set)))
    }
  }
}

/** The chain of a set of groups: the group's own when it is one, else a chain of jumps, made once per set. */
function comboChain(table: NftTable, groupIds: readonly string[], direction: 'ingress' | 'egress'): string {
  const chains = [...new Set(groupIds)].sort().map((id) => groupChain(id, direction))
  if (chains.length === 1) return chains[0]!
  const name = `s_${createHash('sha256').update(chains.join()).digest('hex').slice(0, 16)}_${direction === 'ingress' ? 'in' : 'out'}`
  if (!table.chains.has(name)) table.chain(name, chains.map((chain) => `jump ${chain}`))
  return name
}

function hookChains(table: NftTable, cloud: number): void {
  const foreign = (side: number): string => `meta mark & 0xffff8000 != ${hex(cloud + side)} accept`
  const clear = (side: number): string => `meta mark & 0xffff8000 == ${hex(cloud + side)} meta mark set 0x00000000`
  table.chain('zoning', ['ct zone set iifname map @zones'], 'type filter hook prerouting priority -300; policy accept;')
  table.chain('prerouting', [
    foreign(0),
    'icmpv6 type != { nd-router-advert, nd-redirect } accept',
    'udp sport 68 udp dport 67 accept',
    'udp sport 546 udp dport 547 accept',
    'meta mark != @stateless ct state established,related accept',
    'meta mark != @stateless ct state invalid counter drop',
    'meta mark vmap @from_guest',
    'counter drop comment "no rule of the port lets it out"',
  ], 'type filter hook prerouting priority 0; policy accept;')
  table.chain('forward', [
    foreign(TO_GUEST),
    'icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-advert, mld-listener-query } accept',
    'udp sport 67 udp dport 68 accept',
    'udp sport 547 udp dport 546 accept',
    'meta mark != @stateless ct state established,related accept',
    'meta mark != @stateless ct state invalid counter drop',
    'meta mark vmap @to_guest',
    'counter drop comment "no rule of the port lets it in"',
  ], 'type filter hook forward priority 0; policy accept;')
  // Marks are ours alone: what leaves us must not meet somebody's policy routing.
  table.chain('unmark_from', [clear(0)], 'type filter hook prerouting priority 10; policy accept;')
  table.chain('unmark_to', [clear(TO_GUEST)], 'type filter hook forward priority 10; policy accept;')
}
