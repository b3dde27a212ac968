/** What must be true of identity: grants and memberships speak of what exists, and revocations end with the tokens they are about. */
import type { Check, Problem } from '#core/service/explain.ts'
import { change } from '../changes.ts'
import type { IdentityContext } from '../context.ts'
import { deleteAssignment } from '../role-assignments/assignment.store.ts'
import { pruneRevocations } from '../revocations/revocation.store.ts'
import { countExpiredRevocations, deleteMembership, grantsOfNothing, membershipsOfNothing } from './doctor.store.ts'

const grantsWhole: Check<IdentityContext> = {
  name: 'grants-whole',
  invariant: 'Every role assignment and every membership is of users, groups, projects, domains and roles that exist.',
  async run(ctx, repair) {
    const [grants, memberships] = [await grantsOfNothing(ctx), await membershipsOfNothing(ctx)]
    if (repair && grants.length + memberships.length > 0) {
      await change(ctx, async (tx) => {
        for (const { lacks: _lacks, ...grant } of grants) await deleteAssignment(tx, grant)
        for (const membership of memberships) await deleteMembership(tx, membership)
      })
    }
    return [
      ...grants.map((g): Problem => ({
        kind: 'grant-of-nothing', resource: 'role assignment', id: g.actor_id, repairable: true, repaired: repair,
        sentence: `role ${g.role_id} of ${g.actor_type} ${g.actor_id} on ${g.target_type} ${g.target_id}: there is no such ${g.lacks}`,
      })),
      ...memberships.map((m): Problem => ({ kind: 'membership-of-nothing', resource: 'group', id: m.group_id, repairable: true, repaired: repair, sentence: `user ${m.user_id} is in group ${m.group_id}, and one of them does not exist` })),
    ]
  },
}

/** Pruning runs every ten minutes; what is older than that by far was missed. */
const SLACK_MS = 3_600_000

const revocationsEnd: Check<IdentityContext> = {
  name: 'revocations-end',
  invariant: 'Revocations that no token can meet any more are forgotten.',
  async run(ctx, repair) {
    const count = await countExpiredRevocations(ctx, SLACK_MS)
    if (count === 0) return []
    if (repair) await pruneRevocations(ctx)
    return [{ kind: 'expired-revocations', resource: 'revocations', id: 'expired', sentence: `${count} revocation${count === 1 ? '' : 's'} of tokens that have long expired`, repairable: true, repaired: repair }]
  },
}

export const identityChecks: readonly Check<IdentityContext>[] = [grantsWhole, revocationsEnd]
