/**
 * The network service as its neighbours call it: typed functions over the API. Compute makes ports for servers and
 * reads the rest; what a user asked for is done in the user's name, what a step of an operation does on the service's
 * own account (`as`). Attributes are those of the API, so an upstream network service can stand in its place.
 */
import { NeighbourError, type Caller, type Neighbour, type NeighbourRequest } from '#core/clients/neighbour.ts'

export { DEVICE_TOPIC, PORT_STATUS_TOPIC, type DeviceEvent, type PortStatusEvent } from './changes/changes.ts'

type As = 'user' | 'service'
type Query = NonNullable<NeighbourRequest['query']>

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

interface NamedGroup { name: string; description: string }
type NewRule = Pick<SecurityGroupRule, 'security_group_id' | 'direction' | 'ethertype'> & Partial<SecurityGroupRule>

export interface FloatingIp {
  id: string; floating_ip_address: string; floating_network_id: string; fixed_ip_address: string | null; port_id: string | null; router_id: string | null; status: string; project_id: string
}

/** Reading and writing a collection of the API. */
function collections(neighbour: Neighbour) {
  function reads<T>(collection: string, member: string) {
    const path = `/v2.0/${collection.replaceAll('_', '-')}`
    return {
      /** `query`: any attribute as filter, `fields` to ask for less. Empty where the service lacks the extension. */
      async list(ctx: Caller, as: As, query: Query = {}): Promise<T[]> {
        const { status, body } = await neighbour.request<Record<string, T[]>>(ctx, as, { method: 'GET', path, query, ok: [404] })
        return status === 404 ? [] : body[collection]!
      },
      /** Undefined when there is none, or the caller may not know of it. */
      async get(ctx: Caller, as: As, id: string): Promise<T | undefined> {
        const answer = await neighbour.request<Record<string, T>>(ctx, as, { method: 'GET', path: `${path}/${encodeURIComponent(id)}`, ok: [404] })
        return answer.status === 404 ? undefined : answer.body[member]
      },
    }
  }

  /** What is made and removed, never changed: rules. */
  function makes<T, New>(collection: string, member: string) {
    const path = `/v2.0/${collection.replaceAll('_', '-')}`
    return {
      ...reads<T>(collection, member),
      async create(ctx: Caller, as: As, item: New): Promise<T> {
        return (await neighbour.request<Record<string, T>>(ctx, as, { method: 'POST', path, body: { [member]: item } })).body[member]!
      },
      async remove(ctx: Caller, as: As, id: string): Promise<void> {
        await neighbour.request(ctx, as, { method: 'DELETE', path: `${path}/${encodeURIComponent(id)}` })
      },
      /** Gone already is fine. */
      async discard(ctx: Caller, as: As, id: string): Promise<void> {
        await neighbour.request(ctx, as, { method: 'DELETE', path: `${path}/${encodeURIComponent(id)}`, ok: [404] })
      },
    }
  }

  function writes<T, New, Change>(collection: string, member: string) {
    return {
      ...makes<T, New>(collection, member),
      async update(ctx: Caller, as: As, id: string, change: Change): Promise<T> {
        const path = `/v2.0/${collection.replaceAll('_', '-')}/${encodeURIComponent(id)}`
        return (await neighbour.request<Record<string, T>>(ctx, as, { method: 'PUT', path, body: { [member]: change } })).body[member]!
      },
    }
  }

  return { reads, makes, writes }
}

export function networkClient(neighbour: Neighbour) {
  const { reads, makes, writes } = collections(neighbour)
  return {
    networks: reads<Network>('networks', 'network'),
    subnets: reads<Subnet>('subnets', 'subnet'),
    ports: writes<Port, NewPort, PortChange>('ports', 'port'),
    securityGroups: writes<SecurityGroup, NamedGroup, NamedGroup>('security_groups', 'security_group'),
    securityGroupRules: makes<SecurityGroupRule, NewRule>('security_group_rules', 'security_group_rule'),
    floatingIps: writes<FloatingIp, { floating_network_id: string; tenant_id?: string }, { port_id: string | null; fixed_ip_address?: string }>('floatingips', 'floatingip'),
    /** The network a project gets without asking; undefined where the service offers none. */
    async autoAllocatedNetwork(ctx: Caller, projectId: string): Promise<string | undefined> {
      try {
        const { body } = await neighbour.request<{ auto_allocated_topology: { id: string } }>(ctx, 'user', { method: 'GET', path: `/v2.0/auto-allocated-topology/${encodeURIComponent(projectId)}` })
        return body.auto_allocated_topology.id
      } catch (error) {
        if (error instanceof NeighbourError && error.status < 500) return undefined
        throw error
      }
    },
  }
}
