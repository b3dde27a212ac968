/** Security groups and rules as the API shows them. */
import { standardView } from '../attributes/standard.ts'
import type { View } from '../attributes/attribute.ts'
import type { SecurityGroupRow, SecurityGroupRuleRow } from '../database.ts'

export function securityGroupView(row: SecurityGroupRow, tags: Map<string, string[]>, rules: readonly SecurityGroupRuleRow[] | undefined, shared: boolean): View {
  return {
    ...standardView(row, tags), name: row.name, stateful: row.stateful === 1, shared,
    ...(rules === undefined ? {} : { security_group_rules: rules.map((r) => ruleView(r)) }),
  }
}

const NO_TAGS = new Map<string, string[]>()

export function ruleView(row: SecurityGroupRuleRow, groupOwner?: string): View {
  return {
    ...standardView(row, NO_TAGS), description: row.description,
    security_group_id: row.security_group_id, direction: row.direction, ethertype: row.ethertype, protocol: row.protocol,
    port_range_min: row.port_range_min, port_range_max: row.port_range_max, remote_ip_prefix: row.remote_ip_prefix,
    normalized_cidr: row.normalized_cidr, remote_group_id: row.remote_group_id,
    ...(groupOwner === undefined ? {} : { 'security_group:tenant_id': groupOwner }),
  }
}
