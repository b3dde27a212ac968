import { expect, it } from 'vitest'
import { makeId, makeNetwork } from '../../testing/wanted.ts'
import { planLayer2, type Layer2Host } from './layer2.ts'
import { makeNames } from './names.ts'
import type { Link } from './observe.ts'

function link(name: string, over: Partial<Link> = {}): [string, Link] {
  return [name, { name, index: 1, kind: '', master: undefined, mtu: 1500, up: true, mac: '', alias: undefined, addrGenMode: 'none', vxlan: undefined, addresses: [], ...over }]
}

function host(links: [string, Link][], bridgeMappings: Record<string, string> = {}): Layer2Host {
  const map = new Map(links)
  const options = { tunnelIp: '10.0.0.1', bridgeMappings, cloudTag: 't' }
  return { options, links: map, fdb: [], names: makeNames(options, (device) => map.get(device)?.kind === 'bridge') }
}

const problems = (network: Parameters<typeof planLayer2>[0], on: Layer2Host) => planLayer2(network, on).differences.map(({ problem }) => problem)

it('uses a bridge that a physical network is mapped to as it is, and puts a card into a bridge of its own', () => {
  const flat = makeNetwork({ type: 'flat', physicalNetwork: 'p', segmentationId: null })
  expect(problems(flat, host([link('br-p', { kind: 'bridge' })], { p: 'br-p' }))).toEqual([])
  expect(problems(flat, host([link('eth7')], { p: 'eth7' }))).toEqual([`the bridge brq${flat.id.slice(0, 11)} is missing`, `eth7 is not in brq${flat.id.slice(0, 11)}`])
  expect(problems(flat, host([], {}))[1]).toBe('this host has no device for physical network p')
})

it('makes a VLAN device on the card', () => {
  const vlan = makeNetwork({ type: 'vlan', physicalNetwork: 'p', segmentationId: 100 })
  expect(problems(vlan, host([link('eth7')], { p: 'eth7' }))).toContain('the VLAN device eth7.100 is missing')
})

it('makes a tunnel only for a network that lives elsewhere too, and notices one with another address', () => {
  const id = makeId()
  const bridge = `brq${id.slice(0, 11)}`
  const present = link(bridge, { kind: 'bridge', mtu: 1450, alias: 'nacre:t' })
  expect(problems(makeNetwork({ id }), host([present]))).toEqual([])
  const spread = makeNetwork({ id, remoteTunnelIps: ['10.0.0.2'] })
  expect(problems(spread, host([present]))).toEqual(['the tunnel vxlan-1001 is missing', 'vxlan-1001 does not know that the network is at 10.0.0.2'])
  const old = link('vxlan-1001', { kind: 'vxlan', mtu: 1450, master: bridge, vxlan: { id: 1001, local: '10.0.0.9', port: 4789 } })
  expect(problems(spread, host([present, old]))[0]).toBe('the tunnel vxlan-1001 has another address or number')
})
