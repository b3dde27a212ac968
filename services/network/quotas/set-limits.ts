/** Limits of projects: listed, set, taken back. */
import { inTransaction } from '#core/db/database.ts'
import { resetProjectLimits, setProjectLimits } from '#core/quota/quota.ts'
import { defaultLimits } from '../attributes/quota.ts'
import { countUsed, hasOwnLimits, ownLimits, type QuotaName } from '../attributes/quota.store.ts'
import type { NetworkContext } from '../context.ts'
import { errors } from '../errors.ts'

/** All limits of each project that has some of its own. */
export async function listLimits(ctx: NetworkContext): Promise<Record<string, unknown>[]> {
  const projects = new Map<string, Record<string, unknown>>()
  for (const row of await ownLimits(ctx)) {
    const quota = projects.get(row.project_id) ?? { ...defaultLimits(ctx.config), tenant_id: row.project_id, project_id: row.project_id }
    quota[row.resource] = row.hard_limit
    projects.set(row.project_id, quota)
  }
  return [...projects.values()]
}

/** `checked` refuses limits below what is used. */
export async function setLimits(ctx: NetworkContext, projectId: string, limits: Record<string, number>, checked: boolean): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    for (const [name, limit] of checked ? Object.entries(limits) : []) {
      const used = await countUsed(ctx, projectId, name as QuotaName)
      if (used > limit) throw errors.HTTPBadRequest({ message: `Quota limit ${limit} for ${name} must be greater than or equal to already used ${used}` })
    }
    await setProjectLimits(ctx, projectId, limits)
  })
}

export async function resetLimits(ctx: NetworkContext, projectId: string): Promise<void> {
  if (!(await hasOwnLimits(ctx, projectId))) throw errors.TenantQuotaNotFound({ tenantId: projectId })
  await resetProjectLimits(ctx, projectId)
}
