import { expect, it } from 'vitest'
import { makeGroup, makeId, makeRule } from '../../../testing/wanted.ts'
import type { SecurityGroupRule } from '../../driver.ts'
import { groupRules } from './group-rules.ts'

function line(rule: Partial<SecurityGroupRule>): string | undefined {
  return groupRules(makeGroup([rule]), rule.direction ?? 'ingress', () => true)[0]
}

it.each<[string, Partial<SecurityGroupRule>, string]>([
  ['anything of one version', {}, 'meta nfproto ipv4 accept'],
  ['a port', { protocol: 'tcp', portRangeMin: 22, portRangeMax: 22 }, 'meta nfproto ipv4 tcp dport 22 accept'],
  ['a range, protocol by number', { protocol: '17', portRangeMin: 1, portRangeMax: 99 }, 'meta nfproto ipv4 udp dport 1-99 accept'],
  ['all ports', { protocol: 'tcp', portRangeMin: 0, portRangeMax: 65535 }, 'meta nfproto ipv4 meta l4proto 6 accept'],
  ['ICMP type and code', { protocol: 'icmp', portRangeMin: 8, portRangeMax: 0 }, 'meta nfproto ipv4 icmp type 8 icmp code 0 accept'],
  ['ICMP of an IPv6 rule', { protocol: 'icmp', ethertype: 'IPv6', portRangeMin: 128 }, 'meta nfproto ipv6 icmpv6 type 128 accept'],
  ['a protocol without ports', { protocol: 'vrrp' }, 'meta nfproto ipv4 meta l4proto 112 accept'],
  ['a remote prefix', { protocol: 'sctp', portRangeMin: 5, portRangeMax: 5, remoteIpPrefix: '10.0.0.0/8' }, 'meta nfproto ipv4 ip saddr 10.0.0.0/8 sctp dport 5 accept'],
  ['the prefix of everything', { remoteIpPrefix: '::/0', ethertype: 'IPv6' }, 'meta nfproto ipv6 accept'],
  ['a target prefix', { direction: 'egress', remoteIpPrefix: 'fd00::/8', ethertype: 'IPv6' }, 'meta nfproto ipv6 ip6 daddr fd00::/8 accept'],
])('translates %s', (_name, rule, expected) => { expect(line(rule)).toBe(expected) })

it('matches members of a remote group by its set, and nothing where there is no set', () => {
  const remoteGroupId = makeId()
  const group = { ...makeGroup([]), rules: [makeRule({ remoteGroupId })] }
  expect(groupRules(group, 'ingress', () => true)).toEqual([`meta nfproto ipv4 ip saddr @m4_${remoteGroupId.replaceAll('-', '')} accept`])
  expect(groupRules(group, 'ingress', () => false)).toEqual([])
})
