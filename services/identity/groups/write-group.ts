/** Creating, changing and deleting groups, and who is in them. Leaving a group makes a user's tokens void. */
import { fromJson, toJson } from '#core/db/json.ts'
import { change } from '../changes.ts'
import type { IdentityContext } from '../context.ts'
import type { GroupRow } from '../database.ts'
import { duplicate, errors } from '../errors.ts'
import { getDomain } from '../projects/project.store.ts'
import { revokeUser } from '../revocations/revocation.store.ts'
import { deleteAssignmentsOfGroup, listAssignments } from '../role-assignments/assignment.store.ts'
import { GROUP_ATTRIBUTES } from '../users/user.schema.ts'
import { extraOf, type Json } from '../wire/input.ts'
import { deleteGroupRows, deleteMembership, insertGroup, insertMembership, listMembers, updateGroup } from './group.store.ts'

export async function createGroup(ctx: IdentityContext, value: Json): Promise<GroupRow> {
  const domainId = value['domain_id'] as string
  if (await getDomain(ctx, domainId) === undefined) throw errors.DomainNotFound({ id: domainId })
  const name = (value['name'] as string).trim()
  const row: GroupRow = {
    id: ctx.ids.hex(), domain_id: domainId, name, name_key: name.toLowerCase(), description: 'description' in value ? (value['description'] as string | null) : '', extra: toJson(extraOf(value, GROUP_ATTRIBUTES)),
  }
  if (!await insertGroup(ctx, row)) throw duplicate('group', name, domainId)
  return row
}

export async function changeGroup(ctx: IdentityContext, group: GroupRow, value: Json): Promise<GroupRow> {
  if ('domain_id' in value && value['domain_id'] !== group.domain_id) throw errors.InvalidRequest({ message: 'Cannot change Domain ID' })
  const name = 'name' in value ? (value['name'] as string).trim() : group.name
  const values = {
    name, name_key: name.toLowerCase(), description: 'description' in value ? (value['description'] as string | null) : group.description,
    extra: toJson({ ...fromJson<Json>(group.extra, {}), ...extraOf(value, GROUP_ATTRIBUTES) }),
  }
  if (!await updateGroup(ctx, group.id, values)) throw duplicate('group', name, group.domain_id)
  return { ...group, ...values }
}

export async function deleteGroup(ctx: IdentityContext, group: GroupRow): Promise<void> {
  await change(ctx, async (ctx) => {
    const granted = await listAssignments(ctx, { groupIds: [group.id] })
    if (granted.length > 0) for (const { user_id: userId } of await listMembers(ctx, [group.id])) await revokeUser(ctx, userId)
    await deleteAssignmentsOfGroup(ctx, group.id)
    await deleteGroupRows(ctx, group.id)
  })
}

export async function addMember(ctx: IdentityContext, groupId: string, userId: string): Promise<void> {
  await change(ctx, async (ctx) => await insertMembership(ctx, userId, groupId))
}

export async function removeMember(ctx: IdentityContext, groupId: string, userId: string): Promise<void> {
  await change(ctx, async (ctx) => {
    if (!await deleteMembership(ctx, userId, groupId)) throw notMember(userId, groupId)
    await revokeUser(ctx, userId)
  })
}

export function notMember(userId: string, groupId: string) {
  return errors.EntityNotFound({ message: `User '${userId}' not found in group '${groupId}'` })
}
