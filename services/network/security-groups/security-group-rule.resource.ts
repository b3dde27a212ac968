/** Security group rules: the attribute table, who may know of which, create and delete. */
import type { AttributeTable, Item, Resource } from '../attributes/attribute.ts'
import { findRow } from '../attributes/select-rows.store.ts'
import { revise } from '../attributes/revision.store.ts'
import { readOnly, standard } from '../attributes/standard.ts'
import { oneOf, orNull, text } from '../attributes/validate.ts'
import { noteChange } from '../changes/changes.ts'
import { ownProject, type NetworkContext } from '../context.ts'
import type { SecurityGroupRuleRow } from '../database.ts'
import { errors } from '../errors.ts'
import { loose } from '../attributes/attribute.ts'
import { objectsSharedWith } from '../rbac-policies/sharing.ts'
import { checkRule, toEthertype, toPort, toPrefix, toProtocol } from './check-rule.ts'
import { ensureDefaultGroup } from './default-group.ts'
import { makeRule } from './rule-key.ts'
import { securityGroupResource } from './security-group.resource.ts'
import { deleteRuleRow, getRule, getSecurityGroups, insertRule } from './security-group.store.ts'
import { ruleView } from './security-group.view.ts'

const GIVEN = { post: true, default: null, filter: true, sort: true } as const

const attributes: AttributeTable = standard({
  security_group_id: { post: true, validate: text(36), filter: true, sort: true },
  remote_group_id: { ...GIVEN, validate: orNull(text(255)) },
  direction: { post: true, validate: oneOf(['ingress', 'egress']), filter: true, sort: true },
  protocol: { ...GIVEN, convert: toProtocol },
  port_range_min: { ...GIVEN, convert: toPort },
  port_range_max: { ...GIVEN, convert: toPort },
  ethertype: { ...GIVEN, default: 'IPv4', convert: toEthertype },
  remote_ip_prefix: { ...GIVEN, convert: toPrefix },
  normalized_cidr: readOnly(),
  'security_group:tenant_id': { hidden: true },
})
for (const name of ['tags-any', 'not-tags', 'not-tags-any']) delete attributes[name]
attributes['tags'] = { hidden: true }

export const securityGroupRuleResource: Resource<SecurityGroupRuleRow> = {
  name: 'security_group_rule', collection: 'security_group_rules', table: 'security_group_rules', attributes, quota: 'security_group_rule',
  notFound: (id) => errors.SecurityGroupRuleNotFound({ id }),
  scope: (ctx, rows) => rows.where((eb) => eb.or([
    eb('security_group_rules.project_id', '=', ownProject(ctx)),
    eb('security_group_rules.security_group_id', 'in', loose(ctx).selectFrom('security_groups').select('id').where('project_id', '=', ownProject(ctx)) as never),
    eb('security_group_rules.security_group_id', 'in', objectsSharedWith(ctx, 'security_group', ['access_as_shared'])),
  ])),
  async views(ctx, rows) {
    const groups = await getSecurityGroups(ctx, [...new Set(rows.map((r) => r.security_group_id))])
    const owners = new Map(groups.map((g) => [g.id, g.project_id]))
    return rows.map((row) => ruleView(row, owners.get(row.security_group_id)))
  },
  async prepare(ctx, projectId) { await ensureDefaultGroup(ctx, projectId) },
  checkBulk(ctx, items) {
    if (new Set(items.map((i) => i['security_group_id'])).size > 1) throw errors.SecurityGroupNotSingleGroupRules()
    if (new Set(items.map((i) => i['project_id'])).size > 1) throw errors.SecurityGroupRulesNotSingleTenant()
    for (const item of items) checkRule(item)
    if (new Set(items.map((i) => makeRule(ctx, i).rule_key)).size < items.length) throw errors.DuplicateSecurityGroupRuleInPost()
  },
  create: createRule,
  delete: deleteRule,
}

async function createRule(ctx: NetworkContext, item: Item): Promise<SecurityGroupRuleRow> {
  checkRule(item)
  for (const id of [item['remote_group_id'], item['security_group_id']] as (string | null)[]) {
    if (id !== null && (await findRow(ctx, securityGroupResource, id)) === undefined) throw errors.SecurityGroupNotFound({ id })
  }
  const row = makeRule(ctx, item)
  const same = await insertRule(ctx, row)
  if (same !== undefined) throw errors.SecurityGroupRuleExists({ ruleId: same })
  await revise(ctx, 'security_groups', row.security_group_id)
  await noteChange(ctx, { securityGroupIds: [row.security_group_id] })
  return row
}

async function deleteRule(ctx: NetworkContext, id: string): Promise<void> {
  const row = await getRule(ctx, id)
  if (row === undefined) throw errors.SecurityGroupRuleNotFound({ id })
  await deleteRuleRow(ctx, id)
  await revise(ctx, 'security_groups', row.security_group_id)
  await noteChange(ctx, { securityGroupIds: [row.security_group_id] })
}
