/** What compute passes on to network until 2.35, in the user's name: network decides and refuses. */
import type { Caller, Neighbour } from '#core/clients/neighbour.ts'
import type { FloatingIp, SecurityGroup } from './network.ts'

export interface SecurityGroupRule {
  id: string
  security_group_id: string
  project_id: string
  direction: string
  ethertype: string
  protocol: string | null
  port_range_min: number | null
  port_range_max: number | null
  remote_ip_prefix: string | null
  remote_group_id: string | null
}

export interface GroupWithRules extends SecurityGroup { security_group_rules: SecurityGroupRule[] }

/** A floating IP with the network its address is of. */
export interface NamedFloatingIp extends FloatingIp { floating_network_id: string }

export function networkProxyCalls(neighbour: Neighbour) {
  async function write<T>(ctx: Caller, method: 'POST' | 'PUT', path: string, key: string, fields: object): Promise<T> {
    return (await neighbour.request<Record<string, T>>(ctx, 'user', { method, path: `/v2.0/${path}`, body: { [key]: fields } })).body[key]!
  }
  async function remove(ctx: Caller, path: string): Promise<void> {
    await neighbour.request(ctx, 'user', { method: 'DELETE', path: `/v2.0/${path}` })
  }

  return {
    createGroup: (ctx: Caller, fields: { name: string; description: string }): Promise<GroupWithRules> => write(ctx, 'POST', 'security-groups', 'security_group', fields),
    updateGroup: (ctx: Caller, id: string, fields: { name: string; description: string }): Promise<GroupWithRules> => write(ctx, 'PUT', `security-groups/${id}`, 'security_group', fields),
    deleteGroup: (ctx: Caller, id: string): Promise<void> => remove(ctx, `security-groups/${id}`),
    createRule: (ctx: Caller, fields: Record<string, unknown>): Promise<SecurityGroupRule> => write(ctx, 'POST', 'security-group-rules', 'security_group_rule', fields),
    deleteRule: (ctx: Caller, id: string): Promise<void> => remove(ctx, `security-group-rules/${id}`),
    createFloatingIp: (ctx: Caller, fields: { floating_network_id: string; tenant_id: string | undefined }): Promise<NamedFloatingIp> => write(ctx, 'POST', 'floatingips', 'floatingip', fields),
    deleteFloatingIp: (ctx: Caller, id: string): Promise<void> => remove(ctx, `floatingips/${id}`),
  }
}
