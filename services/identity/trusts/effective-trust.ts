/**
 * A trust as it counts at this moment: the trustor still enabled and still holding every role they lend (for a
 * redelegated trust, the trustor at the start of the chain), nobody of the chain gone, the time not over. A role the
 * trustor lost makes the whole trust void rather than smaller, as upstream has it.
 */
import type { IdentityContext } from '../context.ts'
import { errors } from '../errors.ts'
import { ancestorIds } from '../projects/project.store.ts'
import { roleGraph } from '../roles/role-graph.ts'
import { assignedRoles, isUsable, loadSubject, type Subject } from '../tokens/token.store.ts'
import { userOf, type TokenUser } from '../tokens/token-user.ts'
import { getTrust, type Trust } from './trust.store.ts'

export interface EffectiveTrust {
  id: string; trusteeId: string; impersonation: boolean; projectId: string | null
  trustor: TokenUser
  roles: { id: string; name: string }[]
}

/** The trust and those it came from, latest first. Throws when one is gone or over. */
export async function pedigree(ctx: IdentityContext, id: string): Promise<Trust[]> {
  const chain: Trust[] = []
  for (let at: string | null = id; at !== null; at = chain.at(-1)!.redelegated_trust_id) {
    const trust = await getTrust(ctx, at)
    if (trust === undefined || isOver(ctx, trust)) throw errors.TrustNotFound({ id: at })
    chain.push(trust)
  }
  return chain
}

export function isOver(ctx: IdentityContext, trust: { expires_at: string | null }): boolean {
  return trust.expires_at !== null && Date.parse(trust.expires_at) <= ctx.clock.now()
}

export async function effectiveTrust(ctx: IdentityContext, id: string): Promise<EffectiveTrust> {
  const chain = await pedigree(ctx, id)
  const trust = chain[0]!
  const trustor = await loadSubject(ctx, trust.trustor_user_id, trust.project_id ?? '')
  if (!isUsable(trustor)) throw errors.Forbidden()
  for (const older of chain.slice(1)) {
    if (!isUsable(await loadSubject(ctx, older.trustor_user_id, ''))) throw errors.Forbidden()
  }
  return {
    id: trust.id, trusteeId: trust.trustee_user_id, impersonation: trust.impersonation === 1, projectId: trust.project_id,
    trustor: userOf(trustor),
    roles: await lentRoles(ctx, trust, chain.at(-1)!.trustor_user_id, trustor),
  }
}

async function lentRoles(ctx: IdentityContext, trust: Trust, originalTrustorId: string, { target }: Subject): Promise<{ id: string; name: string }[]> {
  if (trust.project_id === null || target === undefined) return []
  const graph = await roleGraph(ctx)
  const held = graph.closure(await assignedRoles(ctx, originalTrustorId, { project: target.id, ancestors: ancestorIds(target) }))
  const lent = graph.closure(trust.roleIds)
  if ([...lent].some((role) => !held.has(role))) throw errors.Forbidden()
  return graph.inToken(trust.roleIds)
}
