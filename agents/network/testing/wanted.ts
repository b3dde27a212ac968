/** Wanted things for tests: sensible wherever the test does not say. Ids are new each time. */
import { randomUUID } from 'node:crypto'
import type { Network, Port, Router, SecurityGroup, SecurityGroupRule, Subnet } from '../drivers/driver.ts'

export function makeId(): string { return randomUUID() }

export function makeMac(): string {
  const tail = randomUUID().slice(0, 6).match(/../g) ?? []
  return `fa:16:3e:${tail.join(':')}`
}

export function makeSubnet(over: Partial<Subnet> = {}): Subnet {
  return {
    id: makeId(), cidr: '192.168.50.0/24', ipVersion: 4, gatewayIp: '192.168.50.1', enableDhcp: true, dnsNameservers: [], hostRoutes: [],
    ipv6RaMode: null, ipv6AddressMode: null, ...over,
  }
}

export function makeNetwork(over: Partial<Network> = {}): Network {
  const id = over.id ?? makeId()
  return {
    id, projectId: makeId(), name: `net-${id.slice(0, 4)}`, mtu: 1450, type: 'vxlan', physicalNetwork: null, segmentationId: 1001, external: false,
    subnets: [], dhcp: null, remoteTunnelIps: [], neighbours: [], ...over,
  }
}

export function makePort(network: Network, over: Partial<Port> = {}): Port {
  const id = over.id ?? makeId()
  return {
    id, networkId: network.id, macAddress: makeMac(), deviceId: makeId(), deviceOwner: 'compute:nova', tapName: `tap${id.slice(0, 11)}`, adminStateUp: true,
    fixedIps: [], portSecurityEnabled: false, allowedAddressPairs: [], securityGroupIds: [], ...over,
  }
}

export function makeRouter(over: Partial<Router> = {}): Router {
  return { id: makeId(), projectId: makeId(), adminStateUp: true, gateway: null, interfaces: [], routes: [], floatingIps: [], ...over }
}

export function makeGroup(rules: Partial<SecurityGroupRule>[], over: Partial<SecurityGroup> = {}): SecurityGroup {
  return { id: makeId(), stateful: true, memberIps: [], rules: rules.map(makeRule), ...over }
}

export function makeRule(over: Partial<SecurityGroupRule>): SecurityGroupRule {
  return {
    id: makeId(), direction: 'ingress', ethertype: 'IPv4', protocol: null, portRangeMin: null, portRangeMax: null, remoteIpPrefix: null, remoteGroupId: null, ...over,
  }
}
