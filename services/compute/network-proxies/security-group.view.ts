/** Security groups in compute's older shape: only what comes in, addresses or groups. */
import type { SecurityGroup, SecurityGroupRule } from '#services/network/contract.ts'

type Known = ReadonlyMap<string, Pick<SecurityGroup, 'name' | 'project_id'>>

export function ruleView(rule: SecurityGroupRule, known: Known): object {
  const remote = rule.remote_group_id === null ? undefined : known.get(rule.remote_group_id)
  const [first, last] = portsOf(rule)
  return {
    id: rule.id, parent_group_id: rule.security_group_id, ip_protocol: rule.protocol, from_port: first, to_port: last,
    group: rule.remote_group_id === null ? {} : { name: remote?.name ?? rule.remote_group_id, tenant_id: remote?.project_id ?? rule.project_id },
    ip_range: rule.remote_group_id === null ? { cidr: rule.remote_ip_prefix ?? (rule.ethertype === 'IPv6' ? '::/0' : '0.0.0.0/0') } : {},
  }
}

/** A protocol without ports is shown with all of them. */
function portsOf(rule: SecurityGroupRule): [number | null, number | null] {
  if (rule.protocol === null || rule.port_range_min !== null || rule.port_range_max !== null) return [rule.port_range_min, rule.port_range_max]
  return rule.protocol === 'tcp' || rule.protocol === 'udp' ? [1, 65_535] : [-1, -1]
}

export function groupView(group: SecurityGroup, known: Known): { name: string } {
  const rules = group.security_group_rules.filter((rule) => rule.direction === 'ingress').map((rule) => ruleView(rule, known))
  return { id: group.id, name: group.name, description: group.description, tenant_id: group.project_id, rules } as { name: string }
}
