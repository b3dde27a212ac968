/** Creating, changing and deleting roles and what they imply. */
import { fromJson, toJson } from '#core/db/json.ts'
import { deleteApplicationCredentials } from '../application-credentials/application-credential.store.ts'
import { change } from '../changes.ts'
import type { IdentityContext } from '../context.ts'
import type { RoleRow } from '../database.ts'
import { duplicate, errors } from '../errors.ts'
import { getDomain } from '../projects/project.store.ts'
import { listAssignments } from '../role-assignments/assignment.store.ts'
import { extraOf, type Json } from '../wire/input.ts'
import { mergeOptions, requireDeletable, requireMutable } from '../wire/options.ts'
import { deleteImplication, deleteRole, insertImplication, insertRole, updateRole } from './role.store.ts'
import { ROLE_ATTRIBUTES } from './role.schema.ts'

/** A role that must never come with another: the administrator's. */
const PROHIBITED_IMPLIED = 'admin'

export async function createRole(ctx: IdentityContext, value: Json): Promise<RoleRow> {
  const domainId = (value['domain_id'] as string | null | undefined) ?? null
  if (domainId !== null && await getDomain(ctx, domainId) === undefined) throw errors.DomainNotFound({ id: domainId })
  const name = value['name'] as string
  const row: RoleRow = {
    id: ctx.ids.hex(), name, name_key: name.toLowerCase(), domain_id: domainId, domain_key: domainId ?? '', description: (value['description'] as string | undefined) ?? null,
    options: toJson(mergeOptions({}, value['options'])), extra: toJson(extraOf(value, ROLE_ATTRIBUTES)),
  }
  await change(ctx, async (ctx) => {
    if (!await insertRole(ctx, row)) throw duplicate('role', name, domainId)
  })
  return row
}

export async function changeRole(ctx: IdentityContext, role: RoleRow, value: Json): Promise<RoleRow> {
  const options = fromJson<Json>(role.options, {})
  requireMutable('role', role.id, options, value)
  if ('domain_id' in value && value['domain_id'] !== role.domain_id) throw errors.InvalidRequest({ message: 'Update of `domain_id` is not allowed.' })
  const name = (value['name'] as string | undefined) ?? role.name
  const values = {
    name, name_key: name.toLowerCase(), description: (value['description'] as string | undefined) ?? role.description,
    options: toJson(mergeOptions(options, value['options'])), extra: toJson({ ...fromJson<Json>(role.extra, {}), ...extraOf(value, ROLE_ATTRIBUTES) }),
  }
  await change(ctx, async (ctx) => {
    if (!await updateRole(ctx, role.id, values)) throw duplicate('role', name, role.domain_id)
  })
  return { ...role, ...values }
}

export async function removeRole(ctx: IdentityContext, role: RoleRow): Promise<void> {
  requireDeletable('role', role.id, fromJson<Json>(role.options, {}))
  await change(ctx, async (ctx) => {
    for (const a of await listAssignments(ctx, { roleId: role.id, targetType: 'project' })) {
      if (a.actor_type === 'user') await deleteApplicationCredentials(ctx, { userId: a.actor_id, projectId: a.target_id })
    }
    await deleteRole(ctx, role.id)
  })
}

export async function addImplication(ctx: IdentityContext, prior: RoleRow, implied: RoleRow): Promise<void> {
  if (implied.name === PROHIBITED_IMPLIED) throw errors.InvalidImpliedRole({ id: implied.id })
  if (prior.domain_id === null && implied.domain_id !== null) throw errors.InvalidImpliedRole({ id: implied.id })
  await change(ctx, async (ctx) => {
    if (!await insertImplication(ctx, { prior_role_id: prior.id, implied_role_id: implied.id })) throw errors.Conflict({ type: 'implied_role', details: 'Duplicate entry' })
  })
}

export async function removeImplication(ctx: IdentityContext, prior: RoleRow, implied: RoleRow): Promise<void> {
  await change(ctx, async (ctx) => {
    if (!await deleteImplication(ctx, { prior_role_id: prior.id, implied_role_id: implied.id })) throw errors.ImpliedRoleNotFound({ prior: prior.id, implied: implied.id })
  })
}
