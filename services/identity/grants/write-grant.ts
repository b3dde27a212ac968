/** Giving and taking roles. A role of a domain works in that domain only, and never on the system. */
import { change } from '../changes.ts'
import type { IdentityContext } from '../context.ts'
import type { AssignmentRow } from '../database.ts'
import { errors } from '../errors.ts'
import { getProject } from '../projects/project.store.ts'
import { deleteAssignment, insertAssignment } from '../role-assignments/assignment.store.ts'
import { getRole } from '../roles/role.store.ts'

export async function createGrant(ctx: IdentityContext, grant: AssignmentRow): Promise<void> {
  const role = await getRole(ctx, grant.role_id)
  if (role === undefined) throw errors.RoleNotFound({ id: grant.role_id })
  if (role.domain_id !== null && grant.target_type === 'system') {
    throw errors.InvalidRequest({ message: `Role ${role.id} is a domain-specific role. Unable to use a domain-specific role in a system assignment.` })
  }
  if (role.domain_id !== null && grant.target_type === 'project' && (await getProject(ctx, grant.target_id))?.domain_id !== role.domain_id) {
    throw errors.DomainSpecificRoleMismatch({ projectId: grant.target_id, roleId: role.id })
  }
  await change(ctx, async (ctx) => await insertAssignment(ctx, grant))
}

export async function deleteGrant(ctx: IdentityContext, grant: AssignmentRow): Promise<void> {
  await change(ctx, async (ctx) => {
    if (!await deleteAssignment(ctx, grant)) throw errors.RoleAssignmentNotFound({ roleId: grant.role_id, actorId: grant.actor_id, targetId: grant.target_id })
  })
}
