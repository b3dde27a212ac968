/**
 * Network is reconciler-first: the API writes the wanted state, each host converges on it. So there are two small
 * contracts. `networkAgentContract` is what the control plane may say to a host ("look again"); `networkHostContract`
 * is what a host asks the control plane: its wanted state, and who owns an address that asks for metadata. The host
 * reports what it has done. A lost message costs one timer period; a restarted agent repairs anything.
 */
import { Type, type Static } from '#core/schema/schema.ts'
import { defineAgentContract, verb } from '#core/agents/contract.ts'

const Id = Type.String({ minLength: 32, maxLength: 36 })
const Nothing = Type.Null()
const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) => Type.Union([type, Type.Null()])

export const WantedSubnet = Type.Object({
  id: Id, cidr: Type.String(), ipVersion: Type.Integer(), gatewayIp: Nullable(Type.String()), enableDhcp: Type.Boolean(),
  dnsNameservers: Type.Array(Type.String()),
  hostRoutes: Type.Array(Type.Object({ destination: Type.String(), nexthop: Type.String() })),
  ipv6RaMode: Nullable(Type.String()), ipv6AddressMode: Nullable(Type.String()),
})

const FixedIp = Type.Object({ subnetId: Id, ipAddress: Type.String(), prefixLength: Type.Integer() })

/** A port as DHCP knows it: every port of the network, wherever it is bound. */
export const WantedLease = Type.Object({
  portId: Id, macAddress: Type.String(), hostname: Type.String(), fixedIps: Type.Array(FixedIp),
  extraDhcpOpts: Type.Array(Type.Object({ optName: Type.String(), optValue: Type.String(), ipVersion: Type.Integer() })),
})

export const WantedNetwork = Type.Object({
  id: Id, projectId: Type.String(), name: Type.String(), mtu: Type.Integer(),
  type: Type.Union([Type.Literal('flat'), Type.Literal('vlan'), Type.Literal('vxlan'), Type.Literal('local')]),
  physicalNetwork: Nullable(Type.String()), segmentationId: Nullable(Type.Integer()), external: Type.Boolean(),
  subnets: Type.Array(WantedSubnet),
  /** Present where this host serves DHCP for the network: its own port, and all leases. */
  dhcp: Nullable(Type.Object({ portId: Id, macAddress: Type.String(), fixedIps: Type.Array(FixedIp), dnsDomain: Type.String(), leases: Type.Array(WantedLease) })),
  /** VXLAN: where else the network lives (flooding), and who is where (l2 population). */
  remoteTunnelIps: Type.Array(Type.String()),
  neighbours: Type.Array(Type.Object({ macAddress: Type.String(), ipAddresses: Type.Array(Type.String()), tunnelIp: Type.String() })),
})

/** A port bound to this host: its tap appears when the hypervisor makes it. */
export const WantedPort = Type.Object({
  id: Id, networkId: Id, macAddress: Type.String(), deviceId: Type.String(), deviceOwner: Type.String(), tapName: Type.String(),
  adminStateUp: Type.Boolean(), fixedIps: Type.Array(FixedIp), portSecurityEnabled: Type.Boolean(),
  allowedAddressPairs: Type.Array(Type.Object({ ipAddress: Type.String(), macAddress: Type.String() })),
  securityGroupIds: Type.Array(Id),
})

export const WantedRule = Type.Object({
  id: Id, direction: Type.Union([Type.Literal('ingress'), Type.Literal('egress')]), ethertype: Type.Union([Type.Literal('IPv4'), Type.Literal('IPv6')]),
  /** Name or number as the API keeps it; null is any. */
  protocol: Nullable(Type.String()),
  /** Ports, or ICMP type and code. */
  portRangeMin: Nullable(Type.Integer()), portRangeMax: Nullable(Type.Integer()),
  remoteIpPrefix: Nullable(Type.String()), remoteGroupId: Nullable(Id),
})

export const WantedSecurityGroup = Type.Object({
  id: Id, stateful: Type.Boolean(), rules: Type.Array(WantedRule),
  /** Addresses of all members, everywhere; needed where some rule names the group as its remote. */
  memberIps: Type.Array(Type.String()),
})

export const WantedRouter = Type.Object({
  id: Id, projectId: Type.String(), adminStateUp: Type.Boolean(),
  gateway: Nullable(Type.Object({ portId: Id, macAddress: Type.String(), networkId: Id, fixedIps: Type.Array(FixedIp), nextHops: Type.Array(Type.String()), enableSnat: Type.Boolean() })),
  interfaces: Type.Array(Type.Object({ portId: Id, macAddress: Type.String(), networkId: Id, fixedIps: Type.Array(FixedIp), subnetIds: Type.Array(Id) })),
  routes: Type.Array(Type.Object({ destination: Type.String(), nexthop: Type.String() })),
  floatingIps: Type.Array(Type.Object({ id: Id, floatingIpAddress: Type.String(), fixedIpAddress: Type.String() })),
  /** Port forwardings of floating IPs that belong to no port: one outside port (or range) to one inside. */
  portForwardings: Type.Optional(Type.Array(Type.Object({
    id: Id, floatingIpAddress: Type.String(), protocol: Type.String(), externalPortRange: Type.String(),
    internalIpAddress: Type.String(), internalPortRange: Type.String(),
  }))),
})

/** All that should be on one host, or the part of it that the question named. */
export const WantedState = Type.Object({
  /** True when `networks` … hold everything: what is on the host and not in here must go. */
  complete: Type.Boolean(),
  networks: Type.Array(WantedNetwork),
  ports: Type.Array(WantedPort),
  securityGroups: Type.Array(WantedSecurityGroup),
  routers: Type.Array(WantedRouter),
})

export const networkAgentContract = defineAgentContract({
  name: 'network',
  version: 1,
  verbs: {
    /**
     * Something changed; empty lists mean "look at everything". Answers at once, works afterwards. Name the smallest
     * thing: a port that is bound, changed or gone here by `portIds`; rules or members of a group by
     * `securityGroupIds`; a network, its subnets, and whether the host has it at all by `networkIds`; one of which
     * only leases and neighbours are others now by `leaseNetworkIds`: a host that wires nothing may leave those.
     */
    changed: verb(Type.Object({
      networkIds: Type.Array(Id), routerIds: Type.Array(Id), portIds: Type.Array(Id), securityGroupIds: Type.Optional(Type.Array(Id)), leaseNetworkIds: Type.Optional(Type.Array(Id)),
    }), Nothing),
    /** Converges now and answers when done: for tests, doctor and `why`. */
    sync: verb(Type.Object({}), Type.Object({ changed: Type.Integer() }), 120_000),
    /** Compares host and wanted state; repairs when `repair`. */
    check: verb(Type.Object({ repair: Type.Boolean() }), Type.Array(Type.Object({ resource: Type.String(), id: Type.String(), problem: Type.String() })), 120_000),
  },
})

export const networkHostContract = defineAgentContract({
  name: 'network-host-api',
  version: 1,
  verbs: {
    /**
     * Without ids: everything this host should have, `complete`. With ids: those networks (with all their ports here and
     * the groups of these), those routers (with the networks they touch), those ports (with their network and groups;
     * the network's own lists as ever), those groups. What was asked for and is not in the answer is gone from this
     * host. Groups that rules of an answered group name as remote come along. `complete: true` is always a valid answer.
     */
    wantedState: verb(Type.Object({ host: Type.String(), networkIds: Type.Optional(Type.Array(Id)), routerIds: Type.Optional(Type.Array(Id)), portIds: Type.Optional(Type.Array(Id)), securityGroupIds: Type.Optional(Type.Array(Id)) }), WantedState, 120_000),
    /**
     * Ports that are now wired (`up`) or gone (`down`) on this host, the host's own DHCP and router ports included.
     * Ids that nobody knows, or that are not bound to this host, are ignored; a report may come twice.
     */
    reportPorts: verb(Type.Object({ host: Type.String(), up: Type.Array(Id), down: Type.Array(Id) }), Nothing),
    reportRouters: verb(Type.Object({ host: Type.String(), active: Type.Array(Id) }), Nothing),
    /** Which port has this address on this network (or behind this router)? null when none or two. */
    portByAddress: verb(Type.Object({ ipAddress: Type.String(), networkId: Type.Optional(Id), routerId: Type.Optional(Id) }),
      Nullable(Type.Object({ portId: Id, deviceId: Type.String(), projectId: Type.String() }))),
    /** One heartbeat per agent kind; the first registers it. Kinds are upstream's names (`Linux bridge agent`, `L3 agent` …). */
    heartbeat: verb(Type.Object({ host: Type.String(), agents: Type.Array(Type.Object({ binary: Type.String(), agentType: Type.String(), topic: Type.String(), configurations: Type.Record(Type.String(), Type.Unknown()) })), tunnelIp: Nullable(Type.String()), startedAt: Type.String() }), Nothing),
  },
})

/** Where the control plane serves `networkHostContract`. */
export const NETWORK_HOST_API = 'control'

export type WantedStateType = Static<typeof WantedState>
export type WantedNetworkType = Static<typeof WantedNetwork>
export type WantedSubnetType = Static<typeof WantedSubnet>
export type WantedPortType = Static<typeof WantedPort>
export type WantedSecurityGroupType = Static<typeof WantedSecurityGroup>
export type WantedRuleType = Static<typeof WantedRule>
export type WantedRouterType = Static<typeof WantedRouter>
