/**
 * A trust lets one user (trustee) act with roles of another (trustor) on a project. A trustee whose trust allows it
 * may hand on a part of it: fewer roles, no longer, and each step shortens how far it may go.
 */
import type { Static } from '#core/schema/schema.ts'
import { flag, toJson } from '#core/db/json.ts'
import { roleByName } from '../application-credentials/create-application-credential.ts'
import { change } from '../changes.ts'
import type { IdentityContext } from '../context.ts'
import type { TrustRow } from '../database.ts'
import { duplicate, errors } from '../errors.ts'
import { ancestorIds, getProject } from '../projects/project.store.ts'
import { roleGraph } from '../roles/role-graph.ts'
import { assignedRoles } from '../tokens/token.store.ts'
import { getUser } from '../users/user.store.ts'
import { extraOf, parseExpiry, type Json } from '../wire/input.ts'
import { pedigree } from './effective-trust.ts'
import { TRUST_ATTRIBUTES, type TrustCreate } from './trust.schema.ts'
import { insertTrust, type Trust } from './trust.store.ts'

export async function createTrust(ctx: IdentityContext, wanted: Static<typeof TrustCreate>): Promise<Trust> {
  if (wanted.project_id && (wanted.roles ?? []).length === 0) throw errors.ForbiddenAction({ action: 'At least one role should be specified' })
  if (ctx.identity.user.id !== wanted.trustor_user_id) throw errors.ForbiddenAction({ action: 'The authenticated user should match the trustor' })
  if (wanted.expires_at === '') throw errors.ValidationTimeStampError()
  if (await getUser(ctx, wanted.trustee_user_id) === undefined) throw errors.UserNotFound({ id: wanted.trustee_user_id })
  const roleIds: string[] = []
  for (const { id, name } of wanted.roles ?? []) roleIds.push(id ?? await roleByName(ctx, name!))
  const chain = ctx.identity.trustId === undefined ? [] : await pedigree(ctx, ctx.identity.trustId)
  await requireHeld(ctx, wanted, roleIds, chain.at(-1)?.trustor_user_id ?? wanted.trustor_user_id)
  const row: TrustRow = {
    id: ctx.ids.hex(), trustor_user_id: wanted.trustor_user_id, trustee_user_id: wanted.trustee_user_id, project_id: wanted.project_id || null, impersonation: flag(wanted.impersonation),
    expires_at: parseExpiry(wanted.expires_at, ctx.clock.now()), remaining_uses: wanted.remaining_uses ?? null, redelegated_trust_id: chain[0]?.id ?? null,
    redelegation_count: redelegationCount(ctx, wanted, chain[0]), deleted_at: null, extra: toJson(extraOf(wanted as Json, TRUST_ATTRIBUTES)), terms: null,
  }
  for (const older of chain) requireWithin(older, row, roleIds)
  row.expires_at ??= chain[0]?.expires_at ?? null
  row.terms = termsOf(row)
  await change(ctx, async (ctx) => {
    if (!await insertTrust(ctx, row, [...new Set(roleIds)])) throw duplicate('trust', row.id, null, 'ID')
  })
  return { ...row, roleIds: [...new Set(roleIds)] }
}

/** As upstream's key has it: trusts without an end are never the same. */
function termsOf(row: TrustRow): string | null {
  if (row.expires_at === null) return null
  return [row.trustor_user_id, row.trustee_user_id, row.project_id ?? '', row.impersonation, row.expires_at].join('|')
}

/** Nobody lends what they do not hold; a redelegated trust lends what its first trustor holds. */
async function requireHeld(ctx: IdentityContext, wanted: { project_id?: string | null }, roleIds: string[], originalTrustorId: string): Promise<void> {
  const project = wanted.project_id ? await getProject(ctx, wanted.project_id) : undefined
  if (wanted.project_id && project === undefined) throw errors.ProjectNotFound({ id: wanted.project_id })
  const graph = await roleGraph(ctx)
  const held = project === undefined ? new Set<string>() : graph.closure(await assignedRoles(ctx, originalTrustorId, { project: project.id, ancestors: ancestorIds(project) }))
  const missing = roleIds.find((id) => !held.has(id))
  if (missing !== undefined) throw errors.RoleNotFound({ id: missing })
}

function redelegationCount(ctx: IdentityContext, wanted: Static<typeof TrustCreate>, parent: Trust | undefined): number {
  const max = ctx.config.maxRedelegationCount
  const asked = wanted.redelegation_count ?? undefined
  if (wanted.allow_redelegation !== true || asked === 0) return 0
  if (asked !== undefined && asked > max) throw errors.Forbidden()
  if (wanted.remaining_uses !== null && wanted.remaining_uses !== undefined) throw errors.InvalidRequest({ message: 'remaining_uses must not be set if redelegation is allowed' })
  if (parent === undefined) return asked ?? max
  const left = parent.redelegation_count - 1
  if (asked !== undefined && asked !== left) throw errors.Forbidden()
  return left
}

function requireWithin(older: Trust, young: TrustRow, roleIds: string[]): void {
  const tooFar = older.redelegation_count <= 0
  const tooLong = older.expires_at !== null && young.expires_at !== null && older.expires_at < young.expires_at
  const tooMuch = roleIds.some((id) => !older.roleIds.includes(id))
  const impersonates = older.impersonation === 0 && young.impersonation === 1
  if (tooFar || tooLong || tooMuch || impersonates || young.remaining_uses !== null) throw errors.Forbidden()
}
