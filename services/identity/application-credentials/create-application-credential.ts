/** A new application credential: roles within those of the token that asks, rules new or known, the secret hashed. */
import { flag } from '#core/db/json.ts'
import { randomBytes } from 'node:crypto'
import { hashCost } from '../authentication/check-password.ts'
import { change } from '../changes.ts'
import type { IdentityContext } from '../context.ts'
import type { ApplicationCredentialRow } from '../database.ts'
import { duplicate, errors } from '../errors.ts'
import { hashPassword } from '../passwords/hash-password.ts'
import { listRoles } from '../roles/role.store.ts'
import { parseExpiry } from '../wire/input.ts'
import { countApplicationCredentials, findAccessRule, getAccessRule, getApplicationCredential, insertAccessRule, insertApplicationCredential, type ApplicationCredential } from './application-credential.store.ts'

export interface ApplicationCredentialWanted {
  name: string; description?: string | null; secret?: string | null; expires_at?: string | null; unrestricted?: boolean
  roles?: { id?: string; name?: string }[]
  access_rules?: { id?: string; path?: string; method?: string; service?: string }[]
}

export async function createApplicationCredential(ctx: IdentityContext, wanted: ApplicationCredentialWanted): Promise<{ credential: ApplicationCredential; secret: string }> {
  const { user, project } = ctx.identity
  if (project === undefined) throw errors.Forbidden()
  const expiresAt = parseExpiry(wanted.expires_at, ctx.clock.now())
  const roleIds = await rolesWanted(ctx, wanted.roles ?? [])
  const limit = ctx.config.applicationCredentialLimit
  if (limit >= 0 && await countApplicationCredentials(ctx, user.id) >= limit) throw errors.ApplicationCredentialLimitExceeded({ limit })
  const secret = wanted.secret || randomBytes(64).toString('base64url')
  const row: ApplicationCredentialRow = {
    id: ctx.ids.hex(), user_id: user.id, project_id: project.id, name: wanted.name, description: wanted.description ?? null,
    secret_hash: await hashPassword(secret, hashCost(ctx)), expires_at: expiresAt, unrestricted: wanted.unrestricted === undefined ? null : flag(wanted.unrestricted),
  }
  const credential = await change(ctx, async (ctx) => {
    const ruleIds: string[] = []
    for (const rule of wanted.access_rules ?? []) ruleIds.push(await ruleFor(ctx, user.id, rule))
    if (!await insertApplicationCredential(ctx, row, roleIds, [...new Set(ruleIds)])) throw duplicate('application_credential', row.name)
    return (await getApplicationCredential(ctx, row.id))!
  })
  return { credential, secret }
}

/** All roles of the token, or some of them. */
async function rolesWanted(ctx: IdentityContext, wanted: { id?: string; name?: string }[]): Promise<string[]> {
  const held = ctx.identity.roles.map((role) => role.id)
  if (wanted.length === 0) return held
  const ids: string[] = []
  for (const { id, name } of wanted) ids.push(id ?? await roleByName(ctx, name!))
  if (ids.some((id) => !held.includes(id))) throw errors.ApplicationCredentialValidationError({ detail: 'Cannot create an application credential with unassigned role' })
  return [...new Set(ids)]
}

export async function roleByName(ctx: IdentityContext, name: string): Promise<string> {
  const [role] = await listRoles(ctx, { domainId: null, name })
  if (role === undefined) throw errors.EntityNotFound({ message: `Role ${name} is not defined` })
  return role.id
}

/** The rule by id if it is the user's, an equal one, or a new one. */
async function ruleFor(ctx: IdentityContext, userId: string, wanted: { id?: string; path?: string; method?: string; service?: string }): Promise<string> {
  const rule = { user_id: userId, service: wanted.service ?? null, path: wanted.path ?? null, method: wanted.method ?? null }
  if (wanted.id !== undefined) {
    const known = await getAccessRule(ctx, wanted.id)
    if (known?.user_id === userId) return known.id
    if (known !== undefined || rule.path === null) throw errors.AccessRuleNotFound({ id: wanted.id })
  }
  const equal = await findAccessRule(ctx, rule)
  if (equal !== undefined) return equal.id
  const id = wanted.id ?? ctx.ids.hex()
  await insertAccessRule(ctx, { id, ...rule })
  return id
}
