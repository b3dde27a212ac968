/** SQL about subnet pools. */
import { flag } from '#core/db/json.ts'
import type { NetworkContext } from '../context.ts'
import type { SubnetpoolRow } from '../database.ts'

export async function getSubnetpool(ctx: NetworkContext, id: string): Promise<SubnetpoolRow | undefined> {
  return await ctx.db.selectFrom('subnetpools').selectAll().where('id', '=', id).executeTakeFirst()
}

export async function defaultSubnetpool(ctx: NetworkContext, ipVersion: number): Promise<SubnetpoolRow | undefined> {
  return await ctx.db.selectFrom('subnetpools').selectAll().where('is_default', '=', flag(true)).where('ip_version', '=', ipVersion).executeTakeFirst()
}

export async function subnetpoolsOfScope(ctx: NetworkContext, addressScopeId: string): Promise<SubnetpoolRow[]> {
  return await ctx.db.selectFrom('subnetpools').selectAll().where('address_scope_id', '=', addressScopeId).execute()
}

export async function insertSubnetpool(ctx: NetworkContext, row: SubnetpoolRow): Promise<void> {
  await ctx.db.insertInto('subnetpools').values(row).execute()
}

export async function updateSubnetpoolRow(ctx: NetworkContext, id: string, set: Partial<SubnetpoolRow>): Promise<void> {
  if (Object.keys(set).length > 0) await ctx.db.updateTable('subnetpools').set(set).where('id', '=', id).execute()
}

export async function deleteSubnetpoolRow(ctx: NetworkContext, id: string): Promise<void> {
  await ctx.db.deleteFrom('rbac_policies').where('object_id', '=', id).execute()
  await ctx.db.deleteFrom('resource_tags').where('resource_id', '=', id).execute()
  await ctx.db.deleteFrom('subnetpools').where('id', '=', id).execute()
}
