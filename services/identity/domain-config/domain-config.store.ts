/** SQL about the options kept for a domain. */
import { upsert } from '#core/db/database.ts'
import type { IdentityContext } from '../context.ts'
import type { DomainOptionRow } from '../database.ts'

export interface OptionsWanted { domainId: string; group?: string; option?: string }

export async function listOptions(ctx: IdentityContext, where: OptionsWanted): Promise<DomainOptionRow[]> {
  let query = ctx.db.selectFrom('domain_options').selectAll().where('domain_id', '=', where.domainId)
  if (where.group !== undefined) query = query.where('group_name', '=', where.group)
  if (where.option !== undefined) query = query.where('option_name', '=', where.option)
  return await query.orderBy('group_name').orderBy('option_name').execute()
}

export async function putOption(ctx: IdentityContext, row: DomainOptionRow): Promise<void> {
  await upsert(ctx.db, 'domain_options', { ...row }, ['domain_id', 'group_name', 'option_name'])
}

export async function deleteOptions(ctx: IdentityContext, where: OptionsWanted): Promise<void> {
  let query = ctx.db.deleteFrom('domain_options').where('domain_id', '=', where.domainId)
  if (where.group !== undefined) query = query.where('group_name', '=', where.group)
  if (where.option !== undefined) query = query.where('option_name', '=', where.option)
  await query.execute()
}
