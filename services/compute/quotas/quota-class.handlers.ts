/** Quota classes: one counts, `default`, which overrides the options for every project. */
import type { RouteRequest } from '#core/http/route.ts'
import type { ComputeContext } from '../context.ts'
import { errors } from '../errors.ts'
import { classLimits } from './effective-limits.ts'
import type { Limits } from './quota-resources.ts'
import { readLimits } from './read-limits.ts'
import type { QuotaClassUpdate } from './quota.schema.ts'
import { saveClassLimits } from './quota.store.ts'
import { shownClassQuotas } from './quota.versions.ts'

function pick(limits: Limits, version: number): Limits {
  return Object.fromEntries(shownClassQuotas(version).map((name) => [name, limits[name]!]))
}

export async function showQuotaClass(ctx: ComputeContext, request: RouteRequest): Promise<object> {
  const id = request.params['id']!
  return { quota_class_set: { id, ...pick(await classLimits(ctx, id), request.version) } }
}

export async function updateQuotaClass(ctx: ComputeContext, request: RouteRequest<QuotaClassUpdate>): Promise<object> {
  const id = request.params['id']!
  if (id.length > 255) throw errors.InvalidInput({ reason: `quota_class_name has ${id.length} characters, more than 255.` })
  const { networks: _networks, ...given } = request.body.quota_class_set
  await saveClassLimits(ctx, id, readLimits(given))
  return { quota_class_set: pick(await classLimits(ctx, id), request.version) }
}
