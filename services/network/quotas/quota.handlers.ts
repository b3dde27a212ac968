/** Quotas of projects: seen by themselves, set by administrators. */
import { inTransaction } from '#core/db/database.ts'
import { projectLimits, resetProjectLimits, setProjectLimits } from '#core/quota/quota.ts'
import { authorise } from '#core/http/context.ts'
import { inHandler, route, type Route } from '#core/http/route.ts'
import { toBoolean, toInteger } from '../attributes/convert.ts'
import { COUNTED, countUsed, defaultLimits, type QuotaName } from '../attributes/quota.ts'
import { isDict, range } from '../attributes/validate.ts'
import { ownProject, type ApiRequestOf, type NetworkContext } from '../context.ts'
import { errors, invalidAttribute } from '../errors.ts'

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
  const rows = await ctx.db.selectFrom('quotas').selectAll().orderBy('project_id').execute()
  const projects = new Map<string, Record<string, unknown>>()
  for (const row of rows) {
    const quota = projects.get(row.project_id) ?? { ...defaultLimits(ctx.config), tenant_id: row.project_id, project_id: row.project_id }
    quota[row.resource] = row.hard_limit
    projects.set(row.project_id, quota)
  }
  return { quotas: [...projects.values()] }
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
  await inTransaction(ctx, async (ctx) => {
    for (const [name, limit] of Object.entries(limits)) {
      const used = checked ? await countUsed(ctx, id, name as QuotaName) : 0
      if (checked && used > limit) throw errors.HTTPBadRequest({ message: `Quota limit ${limit} for ${name} must be greater than or equal to already used ${used}` })
    }
    await setProjectLimits(ctx, id, limits)
  })
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
  const held = await ctx.db.selectFrom('quotas').select('resource').where('project_id', '=', id).executeTakeFirst()
  if (held === undefined) throw errors.TenantQuotaNotFound({ tenantId: id })
  await resetProjectLimits(ctx, id)
  return undefined
}
