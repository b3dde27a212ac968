/**
 * A security group rule as nft expressions. Semantics are those of the network API: no protocol is any protocol, a
 * port range without bounds is any port, ICMP's range is type and code, a remote group is the set of its members'
 * addresses. Names of protocols: https://docs.openstack.org/api-ref/network/v2/#security-group-rules-security-group-rules
 */
import type { SecurityGroup, SecurityGroupRule } from '../../driver.ts'

const PROTOCOLS: Record<string, number> = {
  ah: 51, dccp: 33, egp: 8, esp: 50, gre: 47, hopopt: 0, icmp: 1, igmp: 2, ip: 0, ipip: 4, icmpv6: 58, 'ipv6-encap': 41, 'ipv6-frag': 44,
  'ipv6-icmp': 58, 'ipv6-nonxt': 59, 'ipv6-opts': 60, 'ipv6-route': 43, ospf: 89, pgm: 113, rsvp: 46, sctp: 132, tcp: 6, udp: 17, udplite: 136, vrrp: 112,
}
const WITH_PORTS: Record<number, string> = { 6: 'tcp', 17: 'udp', 33: 'dccp', 132: 'sctp', 136: 'udplite' }
const ANYWHERE = new Set(['0.0.0.0/0', '::/0'])

/** Name of the set that holds a group's members of one IP version. */
export function memberSet(groupId: string, ipVersion: 4 | 6): string {
  return `m${ipVersion}_${short(groupId)}`
}

export function groupChain(groupId: string, direction: 'ingress' | 'egress'): string {
  return `g_${short(groupId)}_${direction === 'ingress' ? 'in' : 'out'}`
}

function short(id: string): string { return id.replaceAll('-', '') }

/** The rules of one chain. `hasMembers` says whether a remote group's set exists; an absent one matches nothing. */
export function groupRules(group: SecurityGroup, direction: 'ingress' | 'egress', hasMembers: (set: string) => boolean): string[] {
  const lines = group.rules.filter((rule) => rule.direction === direction).map((rule) => ruleLine(rule, hasMembers)).filter((line) => line !== undefined)
  return [...new Set(lines)].sort()
}

function ruleLine(rule: SecurityGroupRule, hasMembers: (set: string) => boolean): string | undefined {
  const version = rule.ethertype === 'IPv4' ? 4 : 6
  const side = `${version === 4 ? 'ip' : 'ip6'} ${rule.direction === 'ingress' ? 'saddr' : 'daddr'}`
  const parts = [`meta nfproto ipv${version}`]
  if (rule.remoteGroupId !== null) {
    const set = memberSet(rule.remoteGroupId, version)
    if (!hasMembers(set)) return undefined
    parts.push(`${side} @${set}`)
  } else if (rule.remoteIpPrefix !== null && !ANYWHERE.has(rule.remoteIpPrefix)) {
    parts.push(`${side} ${rule.remoteIpPrefix}`)
  }
  parts.push(...protocolParts(rule, version))
  return `${parts.join(' ')} accept`
}

function protocolParts(rule: SecurityGroupRule, version: 4 | 6): string[] {
  const number = protocolNumber(rule.protocol, version)
  if (number === undefined) return []
  if (number === 1 || number === 58) return icmpParts(rule, number === 1 ? 'icmp' : 'icmpv6')
  const name = WITH_PORTS[number]
  const { portRangeMin: low, portRangeMax: high } = rule
  if (name === undefined || low === null || high === null || (low <= 0 && high >= 65535)) return [`meta l4proto ${number}`]
  // nft has no word for UDP-Lite's ports in some versions; the transport header is the same.
  return name === 'udplite' || name === 'dccp' ? [`meta l4proto ${number}`, `th dport ${range(low, high)}`] : [`${name} dport ${range(low, high)}`]
}

function range(low: number, high: number): string { return low === high ? `${low}` : `${low}-${high}` }

function icmpParts(rule: SecurityGroupRule, name: 'icmp' | 'icmpv6'): string[] {
  if (rule.portRangeMin === null) return [`meta l4proto ${name === 'icmp' ? 1 : 58}`]
  const type = `${name} type ${rule.portRangeMin}`
  return rule.portRangeMax === null ? [type] : [type, `${name} code ${rule.portRangeMax}`]
}

/** Undefined is any protocol. `icmp` in an IPv6 rule means ICMPv6, as clients write it. */
export function protocolNumber(protocol: string | null, version: 4 | 6): number | undefined {
  if (protocol === null || protocol === 'any') return undefined
  const number = /^\d+$/.test(protocol) ? Number(protocol) : PROTOCOLS[protocol.toLowerCase()]
  return version === 6 && number === 1 ? 58 : number
}
