/**
 * The network service as its neighbours call it: typed functions over the API. Compute makes ports for servers and
 * reads the rest; what a user asked for is done in the user's name, what a step of an operation does on the service's
 * own account (`as`). Attributes are those of the API, so an upstream network service can stand in its place.
 */
import type { Caller, Neighbour, NeighbourRequest } from '#core/clients/neighbour.ts'

export { DEVICE_TOPIC, PORT_STATUS_TOPIC, type DeviceEvent, type PortStatusEvent } from './changes/changes.ts'

export type As = 'user' | 'service'
export type Query = NonNullable<NeighbourRequest['query']>

export interface Network {
  id: string; name: string; project_id: string; status: string; admin_state_up: boolean; shared: boolean; mtu: number; subnets: string[]
  'router:external': boolean; port_security_enabled: boolean; dns_domain?: string; description: string
  'provider:network_type'?: string; 'provider:physical_network'?: string | null; 'provider:segmentation_id'?: number | null
  segments?: { 'provider:network_type': string; 'provider:physical_network': string | null; 'provider:segmentation_id': number | null }[]
}

export interface Subnet {
  id: string; name: string; network_id: string; project_id: string; ip_version: 4 | 6; cidr: string; gateway_ip: string | null; enable_dhcp: boolean
  dns_nameservers: string[]; host_routes: { destination: string; nexthop: string }[]; ipv6_ra_mode: string | null; ipv6_address_mode: string | null
}

export interface FixedIp { subnet_id: string; ip_address: string }

export interface Port {
  id: string; name: string; network_id: string; project_id: string; status: string; admin_state_up: boolean; mac_address: string; device_id: string; device_owner: string
  fixed_ips: FixedIp[]; security_groups: string[]; port_security_enabled: boolean; allowed_address_pairs: { ip_address: string; mac_address: string }[]
  dns_name?: string; tags: string[]; created_at: string
  'binding:host_id'?: string; 'binding:vif_type'?: string; 'binding:vnic_type'?: string; 'binding:vif_details'?: Record<string, unknown>; 'binding:profile'?: Record<string, unknown>
}

export interface NewPort {
  network_id: string; project_id?: string; device_id?: string; device_owner?: string; name?: string; admin_state_up?: boolean; mac_address?: string
  fixed_ips?: { subnet_id?: string; ip_address?: string }[]; security_groups?: string[]; port_security_enabled?: boolean; tags?: string[]; dns_name?: string
  'binding:host_id'?: string; 'binding:vnic_type'?: string; 'binding:profile'?: Record<string, unknown>
}

export type PortChange = Partial<Omit<NewPort, 'network_id' | 'project_id' | 'tags'>>

export interface SecurityGroup { id: string; name: string; project_id: string; description: string; stateful: boolean; security_group_rules: SecurityGroupRule[] }
export interface SecurityGroupRule {
  id: string; security_group_id: string; direction: 'ingress' | 'egress'; ethertype: 'IPv4' | 'IPv6'; protocol: string | null; port_range_min: number | null; port_range_max: number | null
  remote_ip_prefix: string | null; remote_group_id: string | null; project_id: string
}

export interface FloatingIp {
  id: string; floating_ip_address: string; floating_network_id: string; fixed_ip_address: string | null; port_id: string | null; router_id: string | null; status: string; project_id: string
}

export interface Quota { used: number; limit: number; reserved: number }

/** Reading and writing a collection of the API. */
function collections(neighbour: Neighbour) {
  async function call<T>(ctx: Caller, as: As, request: NeighbourRequest): Promise<T> {
    return (await neighbour.request<T>(ctx, as, request)).body
  }

  function reads<T>(collection: string, member: string) {
    const path = `/v2.0/${collection.replaceAll('_', '-')}`
    return {
      /** `query`: any attribute as filter, `fields` to ask for less. */
      async list(ctx: Caller, as: As, query: Query = {}): Promise<T[]> {
        return (await call<Record<string, T[]>>(ctx, as, { method: 'GET', path, query }))[collection]!
      },
      /** Undefined when there is none, or the caller may not know of it. */
      async get(ctx: Caller, as: As, id: string): Promise<T | undefined> {
        const answer = await neighbour.request<Record<string, T>>(ctx, as, { method: 'GET', path: `${path}/${encodeURIComponent(id)}`, ok: [404] })
        return answer.status === 404 ? undefined : answer.body[member]
      },
    }
  }

  function writes<T, New, Change>(collection: string, member: string) {
    const path = `/v2.0/${collection.replaceAll('_', '-')}`
    return {
      ...reads<T>(collection, member),
      async create(ctx: Caller, as: As, item: New): Promise<T> {
        return (await call<Record<string, T>>(ctx, as, { method: 'POST', path, body: { [member]: item } }))[member]!
      },
      async update(ctx: Caller, as: As, id: string, change: Change): Promise<T> {
        return (await call<Record<string, T>>(ctx, as, { method: 'PUT', path: `${path}/${encodeURIComponent(id)}`, body: { [member]: change } }))[member]!
      },
      /** False when it was gone already. */
      async remove(ctx: Caller, as: As, id: string): Promise<boolean> {
        return (await neighbour.request(ctx, as, { method: 'DELETE', path: `${path}/${encodeURIComponent(id)}`, ok: [404] })).status !== 404
      },
    }
  }

  return { call, reads, writes }
}

export interface NetworkClient extends ReturnType<typeof networkClient> {}

export function networkClient(neighbour: Neighbour) {
  const { call, reads, writes } = collections(neighbour)
  const ports = writes<Port, NewPort, PortChange>('ports', 'port')
  return {
    networks: reads<Network>('networks', 'network'),
    subnets: reads<Subnet>('subnets', 'subnet'),
    ports: {
      ...ports,
      /** All ports of a server, oldest first. */
      async ofDevice(ctx: Caller, as: As, deviceId: string): Promise<Port[]> {
        const found = await ports.list(ctx, as, { device_id: deviceId })
        return found.sort((a, b) => (a.created_at < b.created_at ? -1 : a.created_at > b.created_at ? 1 : 0))
      },
      /** Ports of many servers in one call. */
      async ofDevices(ctx: Caller, as: As, deviceIds: readonly string[]): Promise<Port[]> {
        return deviceIds.length === 0 ? [] : await ports.list(ctx, as, { device_id: [...deviceIds] })
      },
      /** Several at once: all or none. */
      async createMany(ctx: Caller, as: As, items: readonly NewPort[]): Promise<Port[]> {
        return (await call<{ ports: Port[] }>(ctx, as, { method: 'POST', path: '/v2.0/ports', body: { ports: items } })).ports
      },
    },
    securityGroups: {
      ...writes<SecurityGroup, { name: string; description?: string; project_id?: string }, { name?: string; description?: string }>('security_groups', 'security_group'),
      /** Groups of a project that have this id or this name. */
      async find(ctx: Caller, as: As, projectId: string, idOrName: string): Promise<SecurityGroup[]> {
        const path = '/v2.0/security-groups'
        const byId = await call<{ security_groups: SecurityGroup[] }>(ctx, as, { method: 'GET', path, query: { id: idOrName } })
        if (byId.security_groups.length > 0) return byId.security_groups
        return (await call<{ security_groups: SecurityGroup[] }>(ctx, as, { method: 'GET', path, query: { name: idOrName, project_id: projectId } })).security_groups
      },
    },
    securityGroupRules: writes<SecurityGroupRule, Partial<SecurityGroupRule> & { security_group_id: string; direction: 'ingress' | 'egress' }, never>('security_group_rules', 'security_group_rule'),
    floatingIps: writes<FloatingIp, { floating_network_id: string; project_id?: string; port_id?: string; fixed_ip_address?: string }, { port_id: string | null; fixed_ip_address?: string }>('floatingips', 'floatingip'),
    /** Aliases of the extensions the network service has. */
    async extensions(ctx: Caller): Promise<Set<string>> {
      const { extensions } = await call<{ extensions: { alias: string }[] }>(ctx, 'service', { method: 'GET', path: '/v2.0/extensions' })
      return new Set(extensions.map((e) => e.alias))
    },
    /** Use and limit per resource (`port`, `floatingip`, `security_group` …). */
    async quota(ctx: Caller, projectId: string): Promise<Record<string, Quota>> {
      return (await call<{ quota: Record<string, Quota> }>(ctx, 'service', { method: 'GET', path: `/v2.0/quotas/${encodeURIComponent(projectId)}/details` })).quota
    },
    /** A default network for `--nic auto`; its id. */
    async autoAllocate(ctx: Caller, projectId: string): Promise<string> {
      return (await call<{ auto_allocated_topology: { id: string } }>(ctx, 'user', { method: 'GET', path: `/v2.0/auto-allocated-topology/${encodeURIComponent(projectId)}` })).auto_allocated_topology.id
    },
  }
}
