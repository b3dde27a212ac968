/** Options of the network service. */
import { defineConfig, option } from '#core/config/config.ts'
import { Type } from '#core/schema/schema.ts'

const Texts = Type.Array(Type.String())

export const config = defineConfig({
  physicalNetworks: option(Texts, ['external', 'provider'], 'Physical networks that flat and VLAN networks may name.'),
  vlanRanges: option(Texts, ['external:1:4094', 'provider:1:4094'], 'VLAN ids a network may get, as `physical network:first:last`.'),
  vxlanRange: option(Type.String({ pattern: '^\\d+:\\d+$' }), '1:65535', 'VXLAN network identifiers that projects may get, as `first:last`.'),
  projectNetworkTypes: option(Type.Array(Type.Union([Type.Literal('vxlan'), Type.Literal('vlan'), Type.Literal('local')])), ['vxlan'], 'Types tried in turn for a network whose type nobody named.'),
  globalMtu: option(Type.Integer({ minimum: 576 }), 1500, 'MTU of the physical networks in bytes; overlays get what their headers leave.'),
  baseMac: option(Type.String({ pattern: '^([0-9a-f]{2}:){5}[0-9a-f]{2}$' }), 'fa:16:3e:00:00:00', 'Start of every MAC address the service makes.'),
  dnsDomain: option(Type.String(), 'openstacklocal', 'Domain of port names in DHCP. Any other than the default lets users set `dns_name`.'),
  dhcpAgentsPerNetwork: option(Type.Integer({ minimum: 1 }), 1, 'Hosts that serve DHCP for a network.'),
  agentDownSeconds: option(Type.Integer({ minimum: 1 }), 75, 'An agent without a heartbeat for this long counts as dead.'),
  defaultAvailabilityZone: option(Type.String(), 'nova', 'Availability zone of agents that name none.'),
  paginationMaxLimit: option(Type.Integer({ minimum: -1 }), -1, 'Most rows in one reply; -1 for no bound.'),
  maxAllowedAddressPairs: option(Type.Integer({ minimum: 0 }), 10, 'Allowed address pairs a port may have.'),
  maxDnsNameservers: option(Type.Integer({ minimum: 0 }), 5, 'DNS servers a subnet may have.'),
  maxSubnetHostRoutes: option(Type.Integer({ minimum: 0 }), 20, 'Host routes a subnet may have.'),
  maxRoutes: option(Type.Integer({ minimum: 0 }), 30, 'Extra routes a router may have.'),
  quotaNetwork: option(Type.Integer({ minimum: -1 }), 100, 'Networks per project; -1 for no bound.'),
  quotaSubnet: option(Type.Integer({ minimum: -1 }), 100, 'Subnets per project.'),
  quotaPort: option(Type.Integer({ minimum: -1 }), 500, 'Ports per project.'),
  quotaRouter: option(Type.Integer({ minimum: -1 }), 10, 'Routers per project.'),
  quotaFloatingip: option(Type.Integer({ minimum: -1 }), 50, 'Floating IPs per project.'),
  quotaSecurityGroup: option(Type.Integer({ minimum: -1 }), 10, 'Security groups per project.'),
  quotaSecurityGroupRule: option(Type.Integer({ minimum: -1 }), 100, 'Security group rules per project.'),
  quotaRbacPolicy: option(Type.Integer({ minimum: -1 }), 10, 'RBAC policies per project.'),
  quotaSubnetpool: option(Type.Integer({ minimum: -1 }), -1, 'Subnet pools per project.'),
})
