/**
 * The default security group: every project has one from the first time it touches networking. It lets everything
 * out, and in only what comes from its own members.
 */
import type { Item } from '../attributes/attribute.ts'
import { MADE_OF_PARTS, newRow } from '../attributes/revisions.ts'
import { isAdmin, ownProject, type NetworkContext } from '../context.ts'
import type { SecurityGroupRow, SecurityGroupRuleRow } from '../database.ts'
import { makeRule } from './rule-key.ts'
import { claimDefaultGroup, defaultGroupId, insertRules, insertSecurityGroup } from './security-group.store.ts'

/** The id of the project's default group, made when missing. Empty for a project that is not the caller's to touch. */
export async function ensureDefaultGroup(ctx: NetworkContext, projectId: string): Promise<string> {
  const known = await defaultGroupId(ctx, projectId)
  if (known !== undefined) return known
  if (projectId === '' || (projectId !== ownProject(ctx) && !isAdmin(ctx))) return ''
  const id = ctx.ids.uuid()
  if (!(await claimDefaultGroup(ctx, projectId, id))) return (await defaultGroupId(ctx, projectId)) ?? ''
  const group: SecurityGroupRow = { ...newRow(ctx, { project_id: projectId, description: 'Default security group' }, id), revision_number: MADE_OF_PARTS, name: 'default', stateful: 1 }
  await insertSecurityGroup(ctx, group)
  await insertRules(ctx, initialRules(ctx, group, true))
  return id
}

/** A new group lets everything out. Nobody described these rules: theirs is null, where a user's is text. */
export function initialRules(ctx: NetworkContext, group: SecurityGroupRow, isDefault: boolean): SecurityGroupRuleRow[] {
  return ['IPv4', 'IPv6'].flatMap((ethertype) => {
    const common: Item = { project_id: group.project_id, security_group_id: group.id, ethertype }
    const out = { ...makeRule(ctx, { ...common, direction: 'egress' }), description: null }
    return isDefault ? [{ ...makeRule(ctx, { ...common, direction: 'ingress', remote_group_id: group.id }), description: null }, out] : [out]
  })
}
