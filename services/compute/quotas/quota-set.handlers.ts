/** Quota sets: limits of a project or of a user in it. */
import { authorise } from '#core/http/context.ts'
import type { RouteRequest } from '#core/http/route.ts'
import type { ComputeContext } from '../context.ts'
import { errors } from '../errors.ts'
import { flagOr } from '../schema/read-values.ts'
import { defaultLimits, limitsOf } from './effective-limits.ts'
import type { Limits } from './quota-resources.ts'
import { readLimits } from './read-limits.ts'
import type { GivenLimits, QuotaSetUpdate } from './quota.schema.ts'
import { readUsage } from './quota.store.ts'
import { shownQuotas } from './quota.versions.ts'
import { resetQuotas, setQuotas } from './set-quotas.ts'

/** The project of the path, if the caller may do this to it and identity knows it. */
async function projectOf(ctx: ComputeContext, request: RouteRequest<unknown>, rule: string): Promise<string> {
  const project = request.params['id']!
  authorise(ctx, `os_compute_api:os-quota-sets:${rule}`, { project_id: project })
  if (project.length > 255 || !(await ctx.clients.identity.projectExists(ctx, project))) throw errors.ProjectInvalid({ project })
  return project
}

function userOf(request: RouteRequest<unknown>): string | undefined {
  const user = request.query.get('user_id')
  if (user !== null && user.length > 255) throw errors.InvalidInput({ reason: `user_id has ${user.length} characters, more than 255.` })
  return user === null || user === '' ? undefined : user
}

function pick(limits: Limits, version: number): Limits {
  return Object.fromEntries(shownQuotas(version).map((name) => [name, limits[name]!]))
}

export async function showQuotaSet(ctx: ComputeContext, request: RouteRequest): Promise<object> {
  const id = await projectOf(ctx, request, 'show')
  return { quota_set: { id, ...pick(await limitsOf(ctx, id, userOf(request)), request.version) } }
}

export async function showQuotaDetail(ctx: ComputeContext, request: RouteRequest): Promise<object> {
  const id = await projectOf(ctx, request, 'detail')
  const user = userOf(request)
  const limits = await limitsOf(ctx, id, user)
  const used = await readUsage(ctx, id, user)
  const details = shownQuotas(request.version).map((name) => [name, { in_use: used[name] ?? 0, limit: limits[name]!, reserved: 0 }])
  return { quota_set: { id, ...Object.fromEntries(details) } }
}

export async function showQuotaDefaults(ctx: ComputeContext, request: RouteRequest): Promise<object> {
  const id = await projectOf(ctx, request, 'defaults')
  return { quota_set: { id, ...pick(await defaultLimits(ctx), request.version) } }
}

export async function updateQuotaSet(ctx: ComputeContext, request: RouteRequest<QuotaSetUpdate>): Promise<object> {
  const id = await projectOf(ctx, request, 'update')
  const { force, ...given } = request.body.quota_set
  if ('networks' in given) throw errors.NetworksQuotaGone()
  await setQuotas(ctx, id, userOf(request), readLimits(given as GivenLimits), flagOr(force, false))
  return { quota_set: pick(await limitsOf(ctx, id, userOf(request)), request.version) }
}

export async function deleteQuotaSet(ctx: ComputeContext, request: RouteRequest): Promise<undefined> {
  const project = request.params['id']!
  authorise(ctx, 'os_compute_api:os-quota-sets:delete', { project_id: project })
  await resetQuotas(ctx, project, userOf(request))
}
