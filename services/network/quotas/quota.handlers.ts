/** Quotas of projects: seen by themselves, set by administrators. */
import { projectLimits } from '#core/quota/quota.ts'
import { authorise } from '#core/http/context.ts'
import { inHandler, route, type Route } from '#core/http/route.ts'
import { toBoolean, toInteger } from '../attributes/convert.ts'
import { defaultLimits } from '../attributes/quota.ts'
import { COUNTED, countUsed, type QuotaName } from '../attributes/quota.store.ts'
import { isDict, range } from '../attributes/validate.ts'
import { ownProject, type ApiRequestOf, type NetworkContext } from '../context.ts'
import { errors, invalidAttribute } from '../errors.ts'
import { listLimits, resetLimits, setLimits } from './set-limits.ts'

const NAMES = Object.keys(COUNTED) as QuotaName[]

export const quotaRoutes: Route[] = [
  route('GET', '/v2.0/quotas', listQuotas, { policy: inHandler('get_quota') }),
  route('GET', '/v2.0/quotas/tenant', (ctx: NetworkContext) => ({ tenant: { tenant_id: ownProject(ctx) } }), { policy: 'regular_user' }),
  route('GET', '/v2.0/quotas/project', (ctx: NetworkContext) => ({ project: { project_id: ownProject(ctx) } }), { policy: 'regular_user' }),
  route('GET', '/v2.0/quotas/:id', showQuota, { policy: inHandler('get_quota') }),
  route('GET', '/v2.0/quotas/:id/default', showDefaults, { policy: inHandler('get_quota') }),
  route('GET', '/v2.0/quotas/:id/details', showDetails, { policy: inHandler('get_quota') }),
  route('GET', '/v2.0/quotas/:id/details.json', showDetails, { policy: inHandler('get_quota') }),
  route('PUT', '/v2.0/quotas/:id', updateQuota, { policy: inHandler('update_quota') }),
  route('DELETE', '/v2.0/quotas/:id', deleteQuota, { policy: inHandler('delete_quota'), status: 204 }),
]

/** Rules of quotas know only the caller. */
function enforce(ctx: NetworkContext, rule: string): void {
  authorise(ctx, rule, { project_id: ownProject(ctx), tenant_id: ownProject(ctx) })
}

function readable(ctx: NetworkContext, request: ApiRequestOf): string {
  const id = request.params['id']!
  if (id !== ownProject(ctx)) enforce(ctx, 'get_quota')
  return id
}

/** Only the projects that have limits of their own. */
async function listQuotas(ctx: NetworkContext): Promise<object> {
  enforce(ctx, 'get_quota')
  return { quotas: await listLimits(ctx) }
}

async function showQuota(ctx: NetworkContext, request: ApiRequestOf): Promise<object> {
  return { quota: await projectLimits(ctx, readable(ctx, request), defaultLimits(ctx.config)) }
}

async function showDefaults(ctx: NetworkContext, request: ApiRequestOf): Promise<object> {
  readable(ctx, request)
  return { quota: defaultLimits(ctx.config) }
}

async function showDetails(ctx: NetworkContext, request: ApiRequestOf): Promise<object> {
  const id = readable(ctx, request)
  const limits = await projectLimits(ctx, id, defaultLimits(ctx.config))
  const quota: Record<string, { used: number; limit: number; reserved: number }> = {}
  for (const name of NAMES) quota[name] = { used: await countUsed(ctx, id, name), limit: limits[name]!, reserved: 0 }
  return { quota }
}

async function updateQuota(ctx: NetworkContext, request: ApiRequestOf): Promise<object> {
  const id = request.params['id']!
  enforce(ctx, 'update_quota')
  const { limits, checked } = readLimits(request.body)
  await setLimits(ctx, id, limits, checked)
  return { quota: await projectLimits(ctx, id, defaultLimits(ctx.config)) }
}

/** `check_limit` refuses a limit below what is used; `force` wins over it. */
function readLimits(body: unknown): { limits: Record<string, number>; checked: boolean } {
  const quota = isDict(body) ? body['quota'] : undefined
  if (quota === undefined || quota === null) throw errors.HTTPBadRequest({ message: "Unable to find 'quota' in request body" })
  if (!isDict(quota)) throw errors.HTTPBadRequest({ message: "Object 'quota' contains invalid data" })
  const { force, check_limit: check, ...given } = quota
  const readOnly = Object.keys(given).find((k) => k === 'tenant_id' || k === 'project_id')
  if (readOnly !== undefined) throw errors.HTTPBadRequest({ message: `Cannot update read-only attribute ${readOnly}` })
  const unknown = Object.keys(given).filter((k) => !Object.hasOwn(COUNTED, k))
  if (unknown.length > 0) throw errors.HTTPBadRequest({ message: `Unrecognized attribute(s) '${unknown.join(', ')}'` })
  const limits: Record<string, number> = {}
  for (const [name, value] of Object.entries(given)) {
    const limit = toInteger(value)
    const reason = range(-1, 2_147_483_647)(limit)
    if (reason !== undefined) throw invalidAttribute(name, reason)
    limits[name] = limit
  }
  return { limits, checked: force !== undefined && toBoolean(force) ? false : check !== undefined && toBoolean(check) }
}

async function deleteQuota(ctx: NetworkContext, request: ApiRequestOf): Promise<undefined> {
  const id = request.params['id']!
  enforce(ctx, 'delete_quota')
  await resetLimits(ctx, id)
  return undefined
}
