/** `GET /limits`: what a project may have, and has. */
import { authorise } from '#core/http/context.ts'
import type { RouteRequest } from '#core/http/route.ts'
import type { ComputeContext } from '../context.ts'
import { limitsOf } from '../quotas/effective-limits.ts'
import { readUsage } from '../quotas/quota.store.ts'
import { hiddenLimits } from './limits.versions.ts'
import { limitsView } from './limits.view.ts'

export async function showLimits(ctx: ComputeContext, request: RouteRequest): Promise<object> {
  const other = request.query.getAll('tenant_id').at(-1)
  if (other !== undefined) authorise(ctx, 'os_compute_api:limits:other_project')
  const project = other ?? ctx.identity.project?.id ?? ''
  return limitsView(await limitsOf(ctx, project), await readUsage(ctx, project, undefined), hiddenLimits(request.version))
}
