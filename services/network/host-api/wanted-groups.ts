/** Security groups with their rules, those that rules name as remote, and the members' addresses of the latter. */
import type { WantedRuleType, WantedSecurityGroupType } from '../agent/network-agent.contract.ts'
import { groupBy } from '../attributes/children.ts'
import type { NetworkContext } from '../context.ts'
import type { SecurityGroupRuleRow } from '../database.ts'
import { groupRows, memberAddresses, namedAsRemote, ruleRows } from './wanted.store.ts'

/**
 * Groups are answered whole wherever they come along: the host keeps one picture of each. Whether members are needed
 * is asked of all rules there are, since a rule of a group that nobody asked for may name this one.
 */
export async function wantedGroups(ctx: NetworkContext, asked: readonly string[]): Promise<WantedSecurityGroupType[]> {
  if (asked.length === 0) return []
  const rules = await ruleRows(ctx, asked)
  const known = new Set(asked)
  const strangers = [...new Set(rules.map((r) => r.remote_group_id).filter((id) => id !== null))].filter((id) => !known.has(id))
  const ids = [...asked, ...strangers]
  const groups = await groupRows(ctx, ids)
  const byGroup = groupBy([...rules, ...(await ruleRows(ctx, strangers))], 'security_group_id')
  const members = groupBy(await memberAddresses(ctx, await namedAsRemote(ctx, ids)), 'security_group_id')
  return groups.map((group) => ({
    id: group.id, stateful: group.stateful === 1, rules: (byGroup.get(group.id) ?? []).map(wantedRule),
    memberIps: [...new Set((members.get(group.id) ?? []).map((m) => m.ip_address))].sort(),
  }))
}

function wantedRule(row: SecurityGroupRuleRow): WantedRuleType {
  return {
    id: row.id, direction: row.direction as WantedRuleType['direction'], ethertype: row.ethertype as WantedRuleType['ethertype'], protocol: row.protocol,
    portRangeMin: row.port_range_min, portRangeMax: row.port_range_max, remoteIpPrefix: row.remote_ip_prefix, remoteGroupId: row.remote_group_id,
  }
}
