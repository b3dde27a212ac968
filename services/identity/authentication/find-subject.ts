/** Finding the user, project or domain a login names. Not found and disabled look alike from outside: 401. */
import type { IdentityContext } from '../context.ts'
import type { ProjectRow, UserRow } from '../database.ts'
import { errors } from '../errors.ts'
import { findProject, getDomain, getProject } from '../projects/project.store.ts'
import { findUser, getUser } from '../users/user.store.ts'
import { isInactive } from '../users/account-state.ts'
import type { AuthDomain, AuthUser } from './auth-request.schema.ts'

export async function findEnabledDomain(ctx: IdentityContext, wanted: AuthDomain): Promise<ProjectRow> {
  if (!wanted.id && !wanted.name) throw errors.ValidationError({ attribute: 'id or name', target: 'domain' })
  const domain = wanted.name ? await findProject(ctx, wanted.name, null) : await getDomain(ctx, wanted.id!)
  if (domain === undefined || domain.enabled === 0) throw errors.Unauthorized()
  return domain
}

export async function findEnabledProject(ctx: IdentityContext, wanted: { id?: string; name?: string; domain?: AuthDomain }): Promise<ProjectRow> {
  if (wanted.name) {
    if (wanted.domain === undefined) throw errors.ValidationError({ attribute: 'domain', target: 'project' })
    const domain = await findEnabledDomain(ctx, wanted.domain)
    return enabled(await findProject(ctx, wanted.name, domain.id))
  }
  const project = await getProject(ctx, wanted.id ?? '')
  if (project?.domain_id === undefined || project.domain_id === null) throw errors.Unauthorized()
  await findEnabledDomain(ctx, { id: project.domain_id })
  return enabled(project)
}

function enabled(project: ProjectRow | undefined): ProjectRow {
  if (project === undefined || project.enabled === 0) throw errors.Unauthorized()
  return project
}

/** The user, or undefined when there is none that may log in: the caller still takes the time of a check. */
export async function findEnabledUser(ctx: IdentityContext, wanted: AuthUser | undefined, method: string): Promise<UserRow | undefined> {
  if (wanted === undefined) throw errors.ValidationError({ attribute: 'user', target: method })
  if (!wanted.id && !wanted.name) throw errors.ValidationError({ attribute: 'id or name', target: 'user' })
  if (wanted.name && wanted.domain === undefined) throw errors.ValidationError({ attribute: 'domain', target: 'user' })
  if (wanted.name && !wanted.domain!.id && !wanted.domain!.name) throw errors.ValidationError({ attribute: 'id or name', target: 'domain' })
  const user = wanted.name ? await findByName(ctx, wanted.name, wanted.domain!) : await getUser(ctx, wanted.id!)
  if (user === undefined || user.enabled === 0 || isInactive(ctx, user)) return undefined
  const domain = await getDomain(ctx, user.domain_id)
  return domain?.enabled === 1 ? user : undefined
}

async function findByName(ctx: IdentityContext, name: string, wanted: AuthDomain): Promise<UserRow | undefined> {
  const domain = wanted.name ? await findProject(ctx, wanted.name, null) : await getDomain(ctx, wanted.id!)
  return domain === undefined ? undefined : await findUser(ctx, name, domain.id)
}
