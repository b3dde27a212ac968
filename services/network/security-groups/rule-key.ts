/** A rule as a row. `rule_key` is equal for rules that say the same in different words. */
import { formatCidr, parseCidr } from '../addresses/cidr.ts'
import type { Item } from '../attributes/attribute.ts'
import { newRow } from '../attributes/revisions.ts'
import type { NetworkContext } from '../context.ts'
import type { SecurityGroupRuleRow } from '../database.ts'
import { PROTOCOL_NUMBERS } from './protocols.ts'

export function makeRule(ctx: NetworkContext, item: Item): SecurityGroupRuleRow {
  const value = <T>(name: string): T | null => (item[name] as T | null | undefined) ?? null
  const prefix = value<string>('remote_ip_prefix')
  const row = {
    ...newRow(ctx, item), security_group_id: item['security_group_id'] as string, direction: item['direction'] as string, ethertype: item['ethertype'] as string,
    protocol: value<string>('protocol'), port_range_min: value<number>('port_range_min'), port_range_max: value<number>('port_range_max'),
    remote_ip_prefix: prefix, normalized_cidr: prefix === null ? null : formatCidr(parseCidr(prefix)!), remote_group_id: value<string>('remote_group_id'),
  }
  return { ...row, rule_key: ruleKey(row) }
}

type Said = Omit<SecurityGroupRuleRow, 'rule_key'>

/** "From anywhere" may be said by no prefix or by the whole range; a protocol by name or number. */
function ruleKey(rule: Said): string {
  const prefix = rule.remote_ip_prefix === '0.0.0.0/0' || rule.remote_ip_prefix === '::/0' ? null : rule.remote_ip_prefix
  const protocol = rule.protocol === null ? null : (PROTOCOL_NUMBERS[rule.protocol] ?? rule.protocol)
  return [rule.direction, rule.ethertype, protocol, rule.port_range_min, rule.port_range_max, prefix, rule.remote_group_id].map((p) => p ?? '+').join('|')
}
