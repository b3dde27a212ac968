/** What a new thing has to fit into: the project's limits, and the user's where the user has any of their own. */
import type { ComputeContext } from '../context.ts'
import { limitsOf } from './effective-limits.ts'
import type { Limits } from './quota-resources.ts'
import { readUsage, readUserLimits } from './quota.store.ts'

export interface QuotaScope { limits: Limits; used: Limits }

/** Call after `lockProject`, in the transaction that makes the thing. */
export async function quotaScopes(ctx: ComputeContext, projectId: string, userId: string): Promise<QuotaScope[]> {
  const project: QuotaScope = { limits: await limitsOf(ctx, projectId), used: await readUsage(ctx, projectId, undefined) }
  const own = await readUserLimits(ctx, projectId, userId)
  if (Object.keys(own).length === 0) return [project]
  return [project, { limits: { ...project.limits, ...own }, used: await readUsage(ctx, projectId, userId) }]
}
