/** All SQL about key pairs. */
import { nowIso } from '#core/time/clock.ts'
import type { ComputeContext } from '../context.ts'
import { takeNumbers } from '../counter.store.ts'

export interface KeypairRow {
  id: number
  user_id: string
  name: string
  type: 'ssh' | 'x509'
  fingerprint: string
  public_key: string
  created_at: string
}

export async function getKeypair(ctx: ComputeContext, userId: string, name: string): Promise<KeypairRow | undefined> {
  return await ctx.db.selectFrom('keypairs').selectAll().where('user_id', '=', userId).where('name', '=', name).executeTakeFirst()
}

/** By name, from the one after `marker`. */
export async function listKeypairs(ctx: ComputeContext, userId: string, page: { marker: string | undefined; limit: number | undefined }): Promise<KeypairRow[]> {
  let query = ctx.db.selectFrom('keypairs').selectAll().where('user_id', '=', userId).orderBy('name')
  if (page.marker !== undefined) query = query.where('name', '>', page.marker)
  if (page.limit !== undefined) query = query.limit(page.limit)
  return await query.execute()
}

export async function countKeypairs(ctx: ComputeContext, userId: string): Promise<number> {
  const { n } = await ctx.db.selectFrom('keypairs').select((eb) => eb.fn.countAll<number>().as('n')).where('user_id', '=', userId).executeTakeFirstOrThrow()
  return Number(n)
}

export async function insertKeypair(ctx: ComputeContext, row: Omit<KeypairRow, 'id' | 'created_at'>): Promise<KeypairRow> {
  const whole: KeypairRow = { ...row, id: await takeNumbers(ctx, 'keypairs'), created_at: nowIso(ctx.clock) }
  await ctx.db.insertInto('keypairs').values(whole).execute()
  return whole
}

export async function deleteKeypair(ctx: ComputeContext, userId: string, name: string): Promise<boolean> {
  const gone = await ctx.db.deleteFrom('keypairs').where('user_id', '=', userId).where('name', '=', name).executeTakeFirst()
  return gone.numDeletedRows > 0n
}
