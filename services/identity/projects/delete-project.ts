/** Deleting a project (only a leaf), or a domain (only a disabled one) with all its users, groups, roles and projects. */
import { fromJson } from '#core/db/json.ts'
import { deleteApplicationCredentials } from '../application-credentials/application-credential.store.ts'
import { change } from '../changes.ts'
import type { IdentityContext } from '../context.ts'
import type { ProjectRow } from '../database.ts'
import { errors } from '../errors.ts'
import { deleteGroupRows, listGroups } from '../groups/group.store.ts'
import { deleteAssignmentsOfGroup } from '../role-assignments/assignment.store.ts'
import { deleteRole, listRoles } from '../roles/role.store.ts'
import { deleteTrusts } from '../trusts/trust.store.ts'
import { removeUser } from '../users/delete-user.ts'
import { listUsers } from '../users/user.store.ts'
import type { Json } from '../wire/input.ts'
import { requireDeletable } from '../wire/options.ts'
import { deleteProjectRows, listProjects, listSubtree } from './project.store.ts'

export async function deleteProject(ctx: IdentityContext, project: ProjectRow): Promise<void> {
  if (project.is_domain === 1) return await deleteDomain(ctx, project)
  requireDeletable('project', project.id, fromJson<Json>(project.options, {}))
  await change(ctx, async (ctx) => {
    if ((await listProjects(ctx, { parentId: project.id })).length > 0) {
      throw errors.NotAllowed({ message: `Cannot delete the project ${project.id} since it is not a leaf in the hierarchy. Use the cascade option if you want to delete a whole subtree.` })
    }
    await removeProject(ctx, project.id)
  })
}

export async function deleteDomain(ctx: IdentityContext, domain: ProjectRow): Promise<void> {
  requireDeletable('domain', domain.id, fromJson<Json>(domain.options, {}))
  if (domain.enabled === 1) throw errors.NotAllowed({ message: 'Cannot delete a domain that is enabled, please disable it first.' })
  await change(ctx, async (ctx) => {
    for (const project of (await listSubtree(ctx, domain)).reverse()) {
      requireDeletable('project', project.id, fromJson<Json>(project.options, {}))
      await removeProject(ctx, project.id)
    }
    for (const user of await listUsers(ctx, { domainId: domain.id })) await removeUser(ctx, user.id)
    for (const group of await listGroups(ctx, { domainId: domain.id })) {
      await deleteAssignmentsOfGroup(ctx, group.id)
      await deleteGroupRows(ctx, group.id)
    }
    for (const role of await listRoles(ctx, { domainId: domain.id })) await deleteRole(ctx, role.id)
    await removeProject(ctx, domain.id)
  })
}

async function removeProject(ctx: IdentityContext, id: string): Promise<void> {
  await deleteTrusts(ctx, { projectId: id })
  await deleteApplicationCredentials(ctx, { projectId: id })
  await deleteProjectRows(ctx, id)
}
