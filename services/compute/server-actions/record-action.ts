/**
 * Some actions are done before the answer is sent (a lock, a state set by hand). They belong into the action log all
 * the same: an operation that is finished as it is written.
 */
import type { Kysely } from '#core/db/database.ts'
import { insertOperation, type OperationTables } from '#core/operations/store.ts'
import { nowIso } from '#core/time/clock.ts'
import type { ComputeContext } from '../context.ts'

export async function recordAction(ctx: ComputeContext, serverId: string, name: string): Promise<void> {
  const now = nowIso(ctx.clock)
  await insertOperation(ctx.db as unknown as Kysely<OperationTables>, {
    id: ctx.ids.uuid(), name: `compute.${name}`, version: 1, state: 'done', resource_type: 'server', resource_id: serverId, request_id: ctx.requestId,
    user_id: ctx.identity.user.id, project_id: ctx.identity.project?.id ?? null, identity: JSON.stringify(ctx.identity), input: '{}', results: '{}', carried: '{}', done_steps: '[]',
    current_step: null, step_started_at: null, tries: 0, attempts: 0, unwind_to: null, failure: null, cancel_requested: 0, lease_owner: null, lease_until: null, not_before: null,
    created_at: now, updated_at: now, finished_at: now,
  })
}
