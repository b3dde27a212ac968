import { expect, it } from 'vitest'
import { makeGroup, makeNetwork, makePort, makeRule, makeSubnet } from '../../../testing/wanted.ts'
import type { Port, SecurityGroup, Wanted } from '../../driver.ts'
import { whatToForget } from './conntrack.ts'

const subnet = makeSubnet()
const network = makeNetwork({ subnets: [subnet] })

function port(group: SecurityGroup, over: Partial<Port> = {}): Port {
  return makePort(network, { portSecurityEnabled: true, securityGroupIds: [group.id], fixedIps: [{ subnetId: subnet.id, ipAddress: '192.168.50.11', prefixLength: 24 }], ...over })
}

function state(ports: Port[], securityGroups: SecurityGroup[]): Wanted { return { networks: [network], ports, securityGroups, routers: [] } }

const forget = (before: Wanted, now: Wanted) => whatToForget(before, now, () => 7)

it('forgets nothing when a rule, a port or a member comes', () => {
  const group = makeGroup([{ direction: 'egress' }])
  const one = port(group)
  const more = { ...group, rules: [...group.rules, makeRule({ protocol: 'tcp' })], memberIps: ['10.0.0.1'] }
  expect(forget(state([one], [group]), state([one, port(group)], [more]))).toEqual([])
})

it('forgets what was opened in the direction of a lost rule, of its protocol', () => {
  const group = makeGroup([{ direction: 'egress' }, { protocol: 'tcp', portRangeMin: 22, portRangeMax: 22 }])
  const one = port(group)
  expect(forget(state([one], [group]), state([one], [{ ...group, rules: [group.rules[0]!] }]))).toEqual([{ zone: 7, side: '-d', address: '192.168.50.11', protocol: 6 }])
  expect(forget(state([one], [group]), state([one], [{ ...group, rules: [group.rules[1]!] }]))).toEqual([{ zone: 7, side: '-s', address: '192.168.50.11', protocol: undefined }])
})

it('does not mind a rule that was replaced by its equal', () => {
  const group = makeGroup([{ protocol: 'tcp' }])
  const one = port(group)
  expect(forget(state([one], [group]), state([one], [{ ...group, rules: [makeRule({ protocol: '6' })] }]))).toEqual([])
})

it('forgets a lost member as opener, and everything of a port that left a group or is filtered from now on', () => {
  const group = makeGroup([], { memberIps: ['192.168.50.11', '192.168.50.12'] })
  group.rules = [makeRule({ remoteGroupId: group.id })]
  const one = port(group)
  expect(forget(state([one], [group]), state([one], [{ ...group, memberIps: ['192.168.50.11'] }]))).toEqual([{ zone: 7, side: '-s', address: '192.168.50.12', protocol: undefined }])
  const left = forget(state([one], [group]), state([{ ...one, securityGroupIds: [] }], [group]))
  expect(left.map(({ side }) => side).sort()).toEqual(['-d', '-s'])
  const filtered = forget(state([{ ...one, portSecurityEnabled: false }], [group]), state([one], [group]))
  expect(filtered.map(({ side }) => side).sort()).toEqual(['-d', '-s'])
})
