/** Security groups: the attribute table, who may know of which, create, update, delete. */
import { flag } from '#core/db/json.ts'
import type { AttributeTable, Item, Resource } from '../attributes/attribute.ts'
import { groupBy, tagsOf } from '../attributes/children.ts'
import { toBoolean } from '../attributes/convert.ts'
import { claimQuota } from '../attributes/quota.ts'
import { orWhenReferenced } from '../attributes/races.ts'
import { MADE_OF_PARTS, newRow } from '../attributes/revisions.ts'
import { name, standard } from '../attributes/standard.ts'
import { text } from '../attributes/validate.ts'
import { noteChange } from '../changes/changes.ts'
import { isAdmin, ownProject, type NetworkContext } from '../context.ts'
import type { SecurityGroupRow } from '../database.ts'
import { errors } from '../errors.ts'
import { objectsSharedWith, sharedFilter } from '../rbac-policies/sharing.ts'
import { sharedIds } from '../rbac-policies/rbac-policy.store.ts'
import { ensureDefaultGroup, initialRules } from './default-group.ts'
import { deleteGroupRows, getSecurityGroup, groupsNaming, insertRules, insertSecurityGroup, isGroupOnPort, rulesOf, updateSecurityGroupRow } from './security-group.store.ts'
import { securityGroupView } from './security-group.view.ts'

function notDefault(value: unknown): string | undefined {
  const reason = text(255)(value)
  if (reason === undefined && (value as string).toLowerCase() === 'default') throw errors.SecurityGroupDefaultAlreadyExists()
  return reason
}

const attributes: AttributeTable = standard({
  name: name({ validate: notDefault }),
  stateful: { post: true, put: true, default: true, convert: toBoolean, filter: true },
  security_group_rules: {},
  shared: { filter: true, convert: toBoolean },
})

export const securityGroupResource: Resource<SecurityGroupRow> = {
  name: 'security_group', collection: 'security_groups', table: 'security_groups', attributes, quota: 'security_group',
  notFound: (id) => errors.SecurityGroupNotFound({ id }),
  scope: (ctx, rows) => rows.where((eb) => eb.or([
    eb('security_groups.project_id', '=', ownProject(ctx)), eb('security_groups.id', 'in', objectsSharedWith(ctx, 'security_group', ['access_as_shared'])),
  ])),
  filters: { shared: (ctx, rows, values) => sharedFilter(ctx, rows, 'security_groups', values) },
  async views(ctx, rows, fields) {
    const wantsRules = fields === undefined || fields.has('security_group_rules')
    const rules = groupBy(wantsRules ? await rulesOf(ctx, rows.map((r) => r.id)) : [], 'security_group_id')
    const [tags, shared] = [await tagsOf(ctx, rows), await sharedIds(ctx, 'security_group')]
    return rows.map((row) => securityGroupView(row, tags, wantsRules ? (rules.get(row.id) ?? []) : undefined, shared.has(row.id)))
  },
  async prepare(ctx, projectId) { await ensureDefaultGroup(ctx, projectId) },
  create: createSecurityGroup,
  update: updateSecurityGroup,
  delete: deleteSecurityGroup,
}

async function createSecurityGroup(ctx: NetworkContext, item: Item): Promise<SecurityGroupRow> {
  const row: SecurityGroupRow = { ...newRow(ctx, item), revision_number: MADE_OF_PARTS, name: item['name'] as string, stateful: flag(item['stateful'] as boolean) }
  const rules = initialRules(ctx, row, false)
  await claimQuota(ctx, row.project_id, 'security_group_rule', rules.length)
  await insertSecurityGroup(ctx, row)
  await insertRules(ctx, rules)
  return row
}

async function updateSecurityGroup(ctx: NetworkContext, id: string, item: Item): Promise<void> {
  const row = await getSecurityGroup(ctx, id)
  if (row === undefined) throw errors.SecurityGroupNotFound({ id })
  if ('stateful' in item && item['stateful'] !== (row.stateful === 1) && (await isGroupOnPort(ctx, id))) throw errors.SecurityGroupInUse({ id, reason: 'in use' })
  if (row.name === 'default' && 'name' in item) throw errors.SecurityGroupCannotUpdateDefault()
  const set: Partial<SecurityGroupRow> = {}
  if ('name' in item) set.name = item['name'] as string
  if ('description' in item) set.description = item['description'] as string
  if ('stateful' in item) set.stateful = flag(item['stateful'] as boolean)
  await updateSecurityGroupRow(ctx, id, set)
  if ('stateful' in item) await noteChange(ctx, { securityGroupIds: [id] })
}

async function deleteSecurityGroup(ctx: NetworkContext, id: string): Promise<void> {
  const row = await getSecurityGroup(ctx, id)
  if (row === undefined) throw errors.SecurityGroupNotFound({ id })
  const inUse = (): Error => errors.SecurityGroupInUse({ id, reason: 'in use' })
  if (await isGroupOnPort(ctx, id)) throw inUse()
  if (row.name === 'default' && !isAdmin(ctx)) throw errors.SecurityGroupCannotRemoveDefault()
  const naming = await groupsNaming(ctx, id)
  await orWhenReferenced(deleteGroupRows(ctx, id), inUse)
  await noteChange(ctx, { securityGroupIds: naming.filter((g) => g !== id) })
}
