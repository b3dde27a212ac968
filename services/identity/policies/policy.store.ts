/** SQL about stored policies and what they are attached to. */
import type { IdentityContext } from '../context.ts'
import type { PolicyAssociationRow, PolicyRow } from '../database.ts'

export type Attachment = Omit<PolicyAssociationRow, 'policy_id'>

export async function listPolicies(ctx: IdentityContext, type?: string): Promise<PolicyRow[]> {
  let query = ctx.db.selectFrom('policies').selectAll()
  if (type !== undefined) query = query.where('type', '=', type)
  return await query.orderBy('id').execute()
}

export async function getPolicy(ctx: IdentityContext, id: string): Promise<PolicyRow | undefined> {
  return await ctx.db.selectFrom('policies').selectAll().where('id', '=', id).executeTakeFirst()
}

export async function insertPolicy(ctx: IdentityContext, row: PolicyRow): Promise<void> {
  await ctx.db.insertInto('policies').values(row).execute()
}

export async function updatePolicy(ctx: IdentityContext, id: string, values: Partial<PolicyRow>): Promise<void> {
  await ctx.db.updateTable('policies').set(values).where('id', '=', id).execute()
}

/** Run inside a transaction. */
export async function deletePolicy(ctx: IdentityContext, id: string): Promise<void> {
  await ctx.db.deleteFrom('policy_associations').where('policy_id', '=', id).execute()
  await ctx.db.deleteFrom('policies').where('id', '=', id).execute()
}

export async function listAttachments(ctx: IdentityContext, policyId: string): Promise<PolicyAssociationRow[]> {
  return await ctx.db.selectFrom('policy_associations').selectAll().where('policy_id', '=', policyId).execute()
}

/** The policy attached to exactly this. */
export async function attachedPolicy(ctx: IdentityContext, at: Attachment): Promise<string | undefined> {
  const row = await ctx.db.selectFrom('policy_associations').select('policy_id')
    .where('endpoint_id', '=', at.endpoint_id).where('service_id', '=', at.service_id).where('region_id', '=', at.region_id).executeTakeFirst()
  return row?.policy_id
}

/** Run inside a transaction. */
export async function attachPolicy(ctx: IdentityContext, policyId: string, at: Attachment): Promise<void> {
  await detachPolicy(ctx, at)
  await ctx.db.insertInto('policy_associations').values({ ...at, policy_id: policyId }).execute()
}

/** Whether there was one. */
export async function detachPolicy(ctx: IdentityContext, at: Attachment): Promise<boolean> {
  const { numDeletedRows } = await ctx.db.deleteFrom('policy_associations')
    .where('endpoint_id', '=', at.endpoint_id).where('service_id', '=', at.service_id).where('region_id', '=', at.region_id).executeTakeFirstOrThrow()
  return numDeletedRows > 0n
}
