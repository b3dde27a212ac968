/**
 * Limits of a project, or of a user in it, are set: not below what is used or given out to users, and a user's not
 * above what the project has left. An operator who insists (`force`) may.
 */
import { inTransaction } from '#core/db/database.ts'
import { resetProjectLimits, setProjectLimits } from '#core/quota/quota.ts'
import type { ComputeContext } from '../context.ts'
import { errors } from '../errors.ts'
import { limitsOf } from './effective-limits.ts'
import { UNLIMITED, type Limits } from './quota-resources.ts'
import { deleteUserLimits, readUsage, readUserLimits, saveUserLimits, sumUserLimits } from './quota.store.ts'

export async function setQuotas(ctx: ComputeContext, projectId: string, userId: string | undefined, wanted: Limits, force: boolean): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    if (!force) {
      const range = userId === undefined ? await projectRange(ctx, projectId) : await userRange(ctx, projectId, userId)
      for (const [resource, limit] of Object.entries(wanted)) refuseOutside(resource, limit, range(resource))
    }
    if (userId === undefined) await setProjectLimits(ctx, projectId, wanted)
    else await saveUserLimits(ctx, projectId, userId, wanted)
  })
}

export async function resetQuotas(ctx: ComputeContext, projectId: string, userId: string | undefined): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    await deleteUserLimits(ctx, projectId, userId)
    if (userId === undefined) await resetProjectLimits(ctx, projectId)
  })
}

interface Range { minimum: number; maximum: number }

async function projectRange(ctx: ComputeContext, projectId: string): Promise<(resource: string) => Range> {
  const used = await readUsage(ctx, projectId, undefined)
  const limits = await limitsOf(ctx, projectId)
  const given = await sumUserLimits(ctx, projectId)
  return (resource) => {
    const remains = limits[resource]! - (given[resource] ?? 0)
    const out = limits[resource]! <= UNLIMITED || remains <= UNLIMITED ? UNLIMITED : limits[resource]! - remains
    return { minimum: Math.max(out, used[resource] ?? 0), maximum: UNLIMITED }
  }
}

async function userRange(ctx: ComputeContext, projectId: string, userId: string): Promise<(resource: string) => Range> {
  const used = await readUsage(ctx, projectId, userId)
  const limits = await limitsOf(ctx, projectId)
  const given = await sumUserLimits(ctx, projectId)
  const own = await readUserLimits(ctx, projectId, userId)
  return (resource) => {
    const remains = limits[resource]! - (given[resource] ?? 0)
    const unlimited = remains <= UNLIMITED || (own[resource] ?? 0) <= UNLIMITED
    return { minimum: used[resource] ?? 0, maximum: unlimited ? UNLIMITED : remains + (own[resource] ?? 0) }
  }
}

function refuseOutside(resource: string, limit: number, { minimum, maximum }: Range): void {
  const endless = (value: number): number => (value === UNLIMITED ? Infinity : value)
  if (endless(limit) < endless(minimum)) throw errors.QuotaTooLow({ limit, resource, minimum })
  if (endless(limit) > endless(maximum)) throw errors.QuotaTooHigh({ limit, resource, maximum })
}
