/** SQL about quotas: what is used is counted from the rows. */
import type { NetworkContext } from '../context.ts'
import type { NetworkTables } from '../database.ts'
import { loose } from './attribute.ts'

/** Quota names and the tables they count. */
export const COUNTED = {
  network: 'networks', subnet: 'subnets', port: 'ports', router: 'routers', floatingip: 'floating_ips', security_group: 'security_groups',
  security_group_rule: 'security_group_rules', rbac_policy: 'rbac_policies', subnetpool: 'subnetpools',
} as const satisfies Record<string, keyof NetworkTables>

export type QuotaName = keyof typeof COUNTED

export async function countUsed(ctx: NetworkContext, projectId: string, name: QuotaName): Promise<number> {
  const row = await loose(ctx).selectFrom(COUNTED[name]).select((eb) => eb.fn.countAll().as('used')).where('project_id', '=', projectId).executeTakeFirst()
  return Number(row?.['used'] ?? 0)
}

/** Every limit that a project has of its own. */
export async function ownLimits(ctx: NetworkContext): Promise<{ project_id: string; resource: string; hard_limit: number }[]> {
  return await ctx.db.selectFrom('quotas').selectAll().orderBy('project_id').execute()
}

export async function hasOwnLimits(ctx: NetworkContext, projectId: string): Promise<boolean> {
  return (await ctx.db.selectFrom('quotas').select('resource').where('project_id', '=', projectId).executeTakeFirst()) !== undefined
}
