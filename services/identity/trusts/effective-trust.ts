/**
 * A trust as it counts at this moment: the trustor still enabled and still holding every role they lend (for a
 * redelegated trust, the trustor at the start of the chain), nobody of the chain gone, the time not over. A role the
 * trustor lost makes the whole trust void rather than smaller, as upstream has it.
 */
import type { IdentityContext } from '../context.ts'
import { errors } from '../errors.ts'
import { roleGraph } from '../roles/role-graph.ts'
import { assignedRoles, loadSubject } from '../tokens/token.store.ts'
import type { TokenUser } from '../tokens/build-token.ts'
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
  if (trustor === undefined || trustor.user_enabled === 0 || trustor.user_domain_enabled === 0) throw errors.Forbidden()
  for (const older of chain.slice(1)) {
    const agent = await loadSubject(ctx, older.trustor_user_id, '')
    if (agent === undefined || agent.user_enabled === 0) throw errors.Forbidden()
  }
  return {
    id: trust.id, trusteeId: trust.trustee_user_id, impersonation: trust.impersonation === 1, projectId: trust.project_id,
    trustor: { id: trustor.user_id, name: trustor.user_name, domain: { id: trustor.user_domain_id, name: trustor.user_domain_name }, passwordExpiresAt: trustor.password_expires_at },
    roles: await lentRoles(ctx, trust, chain.at(-1)!.trustor_user_id, trustor.project_ancestors),
  }
}

async function lentRoles(ctx: IdentityContext, trust: Trust, originalTrustorId: string, ancestors: string | null): Promise<{ id: string; name: string }[]> {
  if (trust.project_id === null) return []
  const graph = await roleGraph(ctx)
  const held = graph.closure(await assignedRoles(ctx, originalTrustorId, { project: trust.project_id, ancestors: ancestors === null || ancestors === '' ? [] : ancestors.split('/') }))
  const lent = graph.closure(trust.roleIds)
  if ([...lent].some((role) => !held.has(role))) throw errors.Forbidden()
  return graph.inToken(trust.roleIds)
}
