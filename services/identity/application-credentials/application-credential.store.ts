/** SQL about application credentials and the access rules that narrow them. */
import { writeUnlessTaken } from '#core/db/database.ts'
import type { IdentityContext } from '../context.ts'
import type { AccessRuleRow, ApplicationCredentialRow } from '../database.ts'

export interface AccessRule { id: string; service: string | null; path: string | null; method: string | null }
export interface ApplicationCredential extends ApplicationCredentialRow {
  roleIds: string[]
  /** Undefined when the credential is not narrowed. */
  accessRules?: AccessRule[]
}

export async function getApplicationCredential(ctx: IdentityContext, id: string): Promise<ApplicationCredential | undefined> {
  const row = await ctx.db.selectFrom('application_credentials').selectAll().where('id', '=', id).executeTakeFirst()
  return row === undefined ? undefined : (await complete(ctx, [row]))[0]
}

export async function listApplicationCredentials(ctx: IdentityContext, userId: string, name?: string): Promise<ApplicationCredential[]> {
  let query = ctx.db.selectFrom('application_credentials').selectAll().where('user_id', '=', userId)
  if (name !== undefined) query = query.where('name', '=', name)
  return await complete(ctx, await query.orderBy('name').execute())
}

async function complete(ctx: IdentityContext, rows: ApplicationCredentialRow[]): Promise<ApplicationCredential[]> {
  if (rows.length === 0) return []
  const ids = rows.map((row) => row.id)
  const roles = await ctx.db.selectFrom('application_credential_roles').selectAll().where('application_credential_id', 'in', ids).execute()
  const rules = await ctx.db.selectFrom('application_credential_access_rules as l').innerJoin('access_rules as r', 'r.id', 'l.access_rule_id')
    .select(['l.application_credential_id', 'r.id', 'r.service', 'r.path', 'r.method']).where('l.application_credential_id', 'in', ids).orderBy('l.position').execute()
  return rows.map((row) => {
    const own = rules.filter((r) => r.application_credential_id === row.id).map(({ id, service, path, method }) => ({ id, service, path, method }))
    return {
      ...row, roleIds: roles.filter((r) => r.application_credential_id === row.id).map((r) => r.role_id),
      ...(own.length === 0 ? {} : { accessRules: own }),
    }
  })
}

export async function countApplicationCredentials(ctx: IdentityContext, userId: string): Promise<number> {
  const { n } = await ctx.db.selectFrom('application_credentials').select((eb) => eb.fn.countAll<number>().as('n')).where('user_id', '=', userId).executeTakeFirstOrThrow()
  return Number(n)
}

/** False when the user has one of that name. Run inside a transaction. */
export async function insertApplicationCredential(ctx: IdentityContext, row: ApplicationCredentialRow, roleIds: string[], ruleIds: string[]): Promise<boolean> {
  if (!await writeUnlessTaken(ctx.db.insertInto('application_credentials').values(row))) return false
  if (roleIds.length > 0) await ctx.db.insertInto('application_credential_roles').values(roleIds.map((role_id) => ({ application_credential_id: row.id, role_id }))).execute()
  if (ruleIds.length > 0) {
    await ctx.db.insertInto('application_credential_access_rules').values(ruleIds.map((access_rule_id, position) => ({ application_credential_id: row.id, access_rule_id, position }))).execute()
  }
  return true
}

/** All that match; those of a user, of a user on a project, or one. */
export async function deleteApplicationCredentials(ctx: IdentityContext, where: { id?: string; userId?: string; projectId?: string }): Promise<void> {
  let query = ctx.db.selectFrom('application_credentials').select('id')
  if (where.id !== undefined) query = query.where('id', '=', where.id)
  if (where.userId !== undefined) query = query.where('user_id', '=', where.userId)
  if (where.projectId !== undefined) query = query.where('project_id', '=', where.projectId)
  const ids = (await query.execute()).map((row) => row.id)
  if (ids.length === 0) return
  await ctx.db.deleteFrom('application_credential_roles').where('application_credential_id', 'in', ids).execute()
  await ctx.db.deleteFrom('application_credential_access_rules').where('application_credential_id', 'in', ids).execute()
  await ctx.db.deleteFrom('application_credentials').where('id', 'in', ids).execute()
}

export async function getAccessRule(ctx: IdentityContext, id: string): Promise<AccessRuleRow | undefined> {
  return await ctx.db.selectFrom('access_rules').selectAll().where('id', '=', id).executeTakeFirst()
}

export async function listAccessRules(ctx: IdentityContext, userId: string): Promise<AccessRuleRow[]> {
  return await ctx.db.selectFrom('access_rules').selectAll().where('user_id', '=', userId).orderBy('id').execute()
}

export async function findAccessRule(ctx: IdentityContext, rule: Omit<AccessRuleRow, 'id'>): Promise<AccessRuleRow | undefined> {
  let query = ctx.db.selectFrom('access_rules').selectAll().where('user_id', '=', rule.user_id)
  for (const column of ['service', 'path', 'method'] as const) {
    const value = rule[column]
    query = value === null ? query.where(column, 'is', null) : query.where(column, '=', value)
  }
  return await query.executeTakeFirst()
}

export async function insertAccessRule(ctx: IdentityContext, row: AccessRuleRow): Promise<void> {
  await ctx.db.insertInto('access_rules').values(row).execute()
}

/** `in use` when a credential is narrowed by it. Run inside a transaction. */
export async function deleteAccessRule(ctx: IdentityContext, id: string): Promise<'deleted' | 'in use'> {
  const used = await ctx.db.selectFrom('application_credential_access_rules').select('access_rule_id').where('access_rule_id', '=', id).executeTakeFirst()
  if (used !== undefined) return 'in use'
  await ctx.db.deleteFrom('access_rules').where('id', '=', id).execute()
  return 'deleted'
}

export async function deleteAccessRulesOfUser(ctx: IdentityContext, userId: string): Promise<void> {
  await ctx.db.deleteFrom('access_rules').where('user_id', '=', userId).execute()
}
