/** SQL about address scopes. */
import type { NetworkContext } from '../context.ts'
import type { AddressScopeRow } from '../database.ts'

export async function getAddressScope(ctx: NetworkContext, id: string): Promise<AddressScopeRow | undefined> {
  return await ctx.db.selectFrom('address_scopes').selectAll().where('id', '=', id).executeTakeFirst()
}

export async function insertAddressScope(ctx: NetworkContext, row: AddressScopeRow): Promise<void> {
  await ctx.db.insertInto('address_scopes').values(row).execute()
}

export async function updateAddressScopeRow(ctx: NetworkContext, id: string, set: Partial<AddressScopeRow>): Promise<void> {
  if (Object.keys(set).length > 0) await ctx.db.updateTable('address_scopes').set(set).where('id', '=', id).execute()
}

export async function deleteAddressScopeRow(ctx: NetworkContext, id: string): Promise<void> {
  await ctx.db.deleteFrom('rbac_policies').where('object_id', '=', id).execute()
  await ctx.db.deleteFrom('address_scopes').where('id', '=', id).execute()
}

/** Is a pool in the scope? */
export async function isScopeInUse(ctx: NetworkContext, id: string): Promise<boolean> {
  return (await ctx.db.selectFrom('subnetpools').select('id').where('address_scope_id', '=', id).executeTakeFirst()) !== undefined
}
