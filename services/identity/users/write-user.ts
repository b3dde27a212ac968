/** Creating and changing users, and users changing their own password. Hashing happens before any transaction. */
import { flag, fromJson, toJson } from '#core/db/json.ts'
import { nowIso } from '#core/time/clock.ts'
import { deleteAccessRulesOfUser, deleteApplicationCredentials } from '../application-credentials/application-credential.store.ts'
import { hashCost } from '../authentication/check-password.ts'
import { change } from '../changes.ts'
import type { IdentityContext } from '../context.ts'
import type { UserRow } from '../database.ts'
import { duplicate, errors } from '../errors.ts'
import { hashPassword } from '../passwords/hash-password.ts'
import { requireFitPassword, requireNewPassword } from '../passwords/password-rules.ts'
import { getDomain, getProject } from '../projects/project.store.ts'
import { revokeUser } from '../revocations/revocation.store.ts'
import { extraOf, type Json } from '../wire/input.ts'
import { mergeOptions } from '../wire/options.ts'
import { optionsOf, passwordEnd, type UserOptions } from './account-state.ts'
import { USER_ATTRIBUTES } from './user.schema.ts'
import { getUser, insertOldPassword, insertUser, updateUser } from './user.store.ts'

const DAY_MS = 86_400_000

function refuseFederated(value: Json): void {
  const [first] = (value['federated'] ?? []) as { idp_id: string }[]
  if (first !== undefined) throw errors.InvalidRequest({ message: `Could not find Identity Provider: ${first.idp_id}` })
}

export async function createUser(ctx: IdentityContext, value: Json): Promise<UserRow> {
  refuseFederated(value)
  const domainId = value['domain_id'] as string
  if (await getDomain(ctx, domainId) === undefined) throw errors.DomainNotFound({ id: domainId })
  await requireProjectForDefault(ctx, value['default_project_id'])
  const options = mergeOptions({}, value['options']) as UserOptions
  const name = (value['name'] as string).trim()
  const now = nowIso(ctx.clock)
  const row: UserRow = {
    id: ctx.ids.hex(), domain_id: domainId, name, name_key: name.toLowerCase(), enabled: flag(value['enabled'] !== false), default_project_id: (value['default_project_id'] as string | undefined) ?? null,
    password_hash: null, password_created_at: null, password_expires_at: null, password_self_service: 0, failed_auth_count: 0, failed_auth_at: null,
    created_at: now, last_active_at: null, options: toJson(options), extra: toJson(extraOf(value, USER_ATTRIBUTES)), ...await newPassword(ctx, value['password'], options),
  }
  await change(ctx, async (ctx) => {
    if (!await insertUser(ctx, row)) throw duplicate('user', name, domainId)
  })
  return row
}

export async function changeUser(ctx: IdentityContext, user: UserRow, value: Json): Promise<UserRow> {
  refuseFederated(value)
  if ('domain_id' in value && value['domain_id'] !== user.domain_id) throw errors.InvalidRequest({ message: 'Cannot change Domain ID' })
  await requireProjectForDefault(ctx, value['default_project_id'])
  const options = mergeOptions(fromJson<Json>(user.options, {}), value['options']) as UserOptions
  const values: Partial<UserRow> = {
    options: toJson(options), extra: toJson({ ...fromJson<Json>(user.extra, {}), ...extraOf(value, USER_ATTRIBUTES) }), ...await newPassword(ctx, value['password'], options),
  }
  if ('name' in value) {
    values.name = (value['name'] as string).trim()
    values.name_key = values.name.toLowerCase()
  }
  if ('default_project_id' in value) values.default_project_id = value['default_project_id'] as string | null
  if ('enabled' in value) Object.assign(values, { enabled: flag(value['enabled'] as boolean) }, value['enabled'] === true ? { failed_auth_count: 0, failed_auth_at: null, last_active_at: nowIso(ctx.clock) } : {})
  const disabled = value['enabled'] === false && user.enabled === 1
  return await change(ctx, async (ctx) => {
    if (values.password_hash !== undefined) await keepOldPassword(ctx, user)
    if (!await updateUser(ctx, user.id, values)) throw duplicate('user', values.name ?? user.name, user.domain_id)
    if (disabled || typeof value['password'] === 'string') await revokeUser(ctx, user.id)
    if (disabled) {
      await deleteApplicationCredentials(ctx, { userId: user.id })
      await deleteAccessRulesOfUser(ctx, user.id)
    }
    return (await getUser(ctx, user.id))!
  })
}

/** By the user themself, who has already shown the old one. */
export async function changeOwnPassword(ctx: IdentityContext, user: UserRow, password: string): Promise<void> {
  const options = optionsOf(user)
  if (options.lock_password === true) throw errors.PasswordSelfServiceDisabled()
  const since = ctx.clock.now() - Date.parse(user.password_created_at ?? user.created_at)
  const minAgeDays = ctx.config.minimumPasswordAgeDays
  if (user.password_self_service === 1 && since < minAgeDays * DAY_MS) {
    throw errors.PasswordAgeValidationError({ minAgeDays, daysLeft: Math.floor((minAgeDays * DAY_MS - since) / DAY_MS) })
  }
  requireFitPassword(ctx, password)
  await requireNewPassword(ctx, user, password)
  const values = await newPassword(ctx, password, options, true)
  await change(ctx, async (ctx) => {
    await keepOldPassword(ctx, user)
    await updateUser(ctx, user.id, values)
    await revokeUser(ctx, user.id)
  })
}

async function keepOldPassword(ctx: IdentityContext, user: UserRow): Promise<void> {
  if (user.password_hash === null || ctx.config.uniqueLastPasswordCount < 2) return
  await insertOldPassword(ctx, { id: ctx.ids.hex(), user_id: user.id, password_hash: user.password_hash, created_at: user.password_created_at ?? user.created_at })
}

/** The columns of a password; none when there is none in the request. Null takes the password away. */
async function newPassword(ctx: IdentityContext, password: unknown, options: UserOptions, own = false): Promise<Partial<UserRow>> {
  if (password === undefined) return {}
  if (typeof password === 'string') requireFitPassword(ctx, password)
  const now = nowIso(ctx.clock)
  const mustChange = !own && ctx.config.changePasswordUponFirstUse && options.ignore_change_password_upon_first_use !== true
  return {
    password_hash: password === null ? null : await hashPassword(password as string, hashCost(ctx)), password_created_at: now,
    password_expires_at: mustChange ? now : passwordEnd(ctx, options), password_self_service: flag(own),
  }
}

async function requireProjectForDefault(ctx: IdentityContext, id: unknown): Promise<void> {
  if (typeof id !== 'string') return
  if ((await getProject(ctx, id))?.is_domain === 1) throw errors.InvalidRequest({ message: `User's default project ID cannot be a domain ID: ${id}` })
}
