/** What compute asks of network: where a server may be plugged in, and its ports. */
import { NeighbourError, type Caller, type Neighbour, type NeighbourRequest } from '#core/clients/neighbour.ts'

export interface FixedIp { subnet_id: string; ip_address: string }

export interface Network {
  id: string
  name: string
  project_id: string
  subnets: string[]
  shared: boolean
  'router:external': boolean
  admin_state_up: boolean
  port_security_enabled?: boolean
  mtu?: number
  'provider:physical_network'?: string | null
}

export interface Port {
  id: string
  network_id: string
  project_id: string
  name: string
  mac_address: string
  fixed_ips: FixedIp[]
  device_id: string
  device_owner: string
  status: string
  admin_state_up: boolean
  security_groups: string[]
  port_security_enabled?: boolean
  'binding:vif_type'?: string
  'binding:host_id'?: string
  'binding:vnic_type'?: string
}

export interface Subnet {
  id: string
  network_id: string
  name: string
  cidr: string
  ip_version: 4 | 6
  gateway_ip: string | null
  enable_dhcp: boolean
  dns_nameservers: string[]
  host_routes: { destination: string; nexthop: string }[]
  ipv6_address_mode?: string | null
}

export interface SecurityGroup { id: string; name: string; description: string; project_id: string; security_group_rules?: object[] }
export interface FloatingIp { id: string; floating_ip_address: string; fixed_ip_address: string | null; port_id: string | null; project_id: string }

type As = 'user' | 'service'
type Query = NeighbourRequest['query']

export function networkCalls(neighbour: Neighbour) {
  async function list<T>(ctx: Caller, as: As, collection: string, query: Query): Promise<T[]> {
    const { body } = await neighbour.request<Record<string, T[]>>(ctx, as, { method: 'GET', path: `/v2.0/${collection}`, query })
    return body[collection.replaceAll('-', '_')] ?? []
  }

  return {
    listNetworks: (ctx: Caller, as: As, query: Query): Promise<Network[]> => list<Network>(ctx, as, 'networks', query),
    listPorts: (ctx: Caller, as: As, query: Query): Promise<Port[]> => list<Port>(ctx, as, 'ports', query),
    listSubnets: (ctx: Caller, as: As, query: Query): Promise<Subnet[]> => list<Subnet>(ctx, as, 'subnets', query),
    listSecurityGroups: (ctx: Caller, as: As, query: Query): Promise<SecurityGroup[]> => list<SecurityGroup>(ctx, as, 'security-groups', query),
    /** None where the service has no routers. */
    async listFloatingIps(ctx: Caller, as: As, query: Query): Promise<FloatingIp[]> {
      const { status, body } = await neighbour.request<{ floatingips: FloatingIp[] }>(ctx, as, { method: 'GET', path: '/v2.0/floatingips', query, ok: [404] })
      return status === 404 ? [] : body.floatingips
    },

    async getPort(ctx: Caller, as: As, id: string): Promise<Port | undefined> {
      const answer = await neighbour.request<{ port: Port }>(ctx, as, { method: 'GET', path: `/v2.0/ports/${id}`, ok: [404] })
      return answer.status === 404 ? undefined : answer.body.port
    },
    async createPort(ctx: Caller, as: As, port: Record<string, unknown>): Promise<Port> {
      return (await neighbour.request<{ port: Port }>(ctx, as, { method: 'POST', path: '/v2.0/ports', body: { port } })).body.port
    },
    async updatePort(ctx: Caller, as: As, id: string, port: Record<string, unknown>): Promise<Port> {
      return (await neighbour.request<{ port: Port }>(ctx, as, { method: 'PUT', path: `/v2.0/ports/${id}`, body: { port } })).body.port
    },
    /** Gone is success. */
    async deletePort(ctx: Caller, as: As, id: string): Promise<void> {
      await neighbour.request(ctx, as, { method: 'DELETE', path: `/v2.0/ports/${id}`, ok: [404] })
    },
    async updateFloatingIp(ctx: Caller, as: As, id: string, floatingip: Record<string, unknown>): Promise<FloatingIp> {
      return (await neighbour.request<{ floatingip: FloatingIp }>(ctx, as, { method: 'PUT', path: `/v2.0/floatingips/${id}`, body: { floatingip } })).body.floatingip
    },
    /** The network a project gets without asking; undefined where the service offers none. */
    async autoAllocatedNetwork(ctx: Caller, projectId: string): Promise<string | undefined> {
      try {
        const { body } = await neighbour.request<{ auto_allocated_topology: { id: string } }>(ctx, 'user', { method: 'GET', path: `/v2.0/auto-allocated-topology/${projectId}` })
        return body.auto_allocated_topology.id
      } catch (error) {
        if (error instanceof NeighbourError && error.status < 500) return undefined
        throw error
      }
    },
  }
}
