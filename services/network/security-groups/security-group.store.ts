/** SQL about security groups and their rules. */
import { writeUnlessTaken } from '#core/db/database.ts'
import { selectIn } from '../attributes/children.ts'
import type { NetworkContext } from '../context.ts'
import type { SecurityGroupRow, SecurityGroupRuleRow } from '../database.ts'

export async function getSecurityGroup(ctx: NetworkContext, id: string): Promise<SecurityGroupRow | undefined> {
  return await ctx.db.selectFrom('security_groups').selectAll().where('id', '=', id).executeTakeFirst()
}

export async function getSecurityGroups(ctx: NetworkContext, ids: readonly string[]): Promise<SecurityGroupRow[]> {
  return ids.length === 0 ? [] : await selectIn<SecurityGroupRow>(ctx, '*', 'security_groups', 'id', ids)
}

export async function rulesOf(ctx: NetworkContext, groupIds: readonly string[]): Promise<SecurityGroupRuleRow[]> {
  return groupIds.length === 0 ? [] : await selectIn<SecurityGroupRuleRow>(ctx, '*', 'security_group_rules', 'security_group_id', groupIds, ' order by id')
}

export async function updateSecurityGroupRow(ctx: NetworkContext, id: string, set: Partial<SecurityGroupRow>): Promise<void> {
  if (Object.keys(set).length > 0) await ctx.db.updateTable('security_groups').set(set).where('id', '=', id).execute()
}

/** Groups with a rule that lets members of this one in. */
export async function groupsNaming(ctx: NetworkContext, id: string): Promise<string[]> {
  const rows = await ctx.db.selectFrom('security_group_rules').select('security_group_id').distinct().where('remote_group_id', '=', id).execute()
  return rows.map((r) => r.security_group_id)
}

export async function getRule(ctx: NetworkContext, id: string): Promise<SecurityGroupRuleRow | undefined> {
  return await ctx.db.selectFrom('security_group_rules').selectAll().where('id', '=', id).executeTakeFirst()
}

export async function deleteRuleRow(ctx: NetworkContext, id: string): Promise<void> {
  await ctx.db.deleteFrom('security_group_rules').where('id', '=', id).execute()
}

export async function insertSecurityGroup(ctx: NetworkContext, row: SecurityGroupRow): Promise<void> {
  await ctx.db.insertInto('security_groups').values(row).execute()
}

export async function insertRules(ctx: NetworkContext, rows: readonly SecurityGroupRuleRow[]): Promise<void> {
  await ctx.db.insertInto('security_group_rules').values(rows).execute()
}

/** Adds a rule; answers the id of the one that says the same already. */
export async function insertRule(ctx: NetworkContext, row: SecurityGroupRuleRow): Promise<string | undefined> {
  if (await writeUnlessTaken(ctx.db.insertInto('security_group_rules').values(row))) return undefined
  const same = await ctx.db.selectFrom('security_group_rules').select('id').where('security_group_id', '=', row.security_group_id).where('rule_key', '=', row.rule_key).executeTakeFirst()
  return same?.id ?? ''
}

export async function defaultGroupId(ctx: NetworkContext, projectId: string): Promise<string | undefined> {
  const row = await ctx.db.selectFrom('default_security_groups').select('security_group_id').where('project_id', '=', projectId).executeTakeFirst()
  return row?.security_group_id
}

/** Makes `groupId` the project's default; false when there is one. */
export async function claimDefaultGroup(ctx: NetworkContext, projectId: string, groupId: string): Promise<boolean> {
  return await writeUnlessTaken(ctx.db.insertInto('default_security_groups').values({ project_id: projectId, security_group_id: groupId }))
}

export async function isGroupOnPort(ctx: NetworkContext, groupId: string): Promise<boolean> {
  return (await ctx.db.selectFrom('port_security_groups').select('port_id').where('security_group_id', '=', groupId).executeTakeFirst()) !== undefined
}

/** The group with its rules, and rules of other groups that named it. */
export async function deleteGroupRows(ctx: NetworkContext, id: string): Promise<void> {
  await ctx.db.deleteFrom('security_group_rules').where('security_group_id', '=', id).execute()
  await ctx.db.deleteFrom('security_group_rules').where('remote_group_id', '=', id).execute()
  await ctx.db.deleteFrom('default_security_groups').where('security_group_id', '=', id).execute()
  await ctx.db.deleteFrom('rbac_policies').where('object_id', '=', id).execute()
  await ctx.db.deleteFrom('resource_tags').where('resource_id', '=', id).execute()
  await ctx.db.deleteFrom('security_groups').where('id', '=', id).execute()
}
