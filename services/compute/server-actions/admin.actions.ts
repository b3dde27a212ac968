/** Locks, states set by hand, passwords, and the ways in which a server is deleted or brought back. */
import { authorise } from '#core/http/context.ts'
import { inTransaction } from '#core/db/database.ts'
import { Type } from '#core/schema/schema.ts'
import { shapeVersions, since } from '#core/versions/versions.ts'
import { RemoteError } from '../hosts/agent-of.ts'
import { errors } from '../errors.ts'
import { closed, wrapped } from '../schema/parameter-types.ts'
import { agentOf } from '../hosts/agent-of.ts'
import { beginAction, checkAction } from '../servers/begin-action.ts'
import { deleteServer } from '../servers/delete-server.ts'
import { moveServer, updateServer } from '../servers/server.store.ts'
import { action, type ActionHandler } from './action.ts'
import { recordAction } from './record-action.ts'
import { requireHost } from './start-work.ts'

const lockBody = shapeVersions({
  request: wrapped('lock', Type.Unsafe<{ locked_reason?: string } | null>({ type: ['object', 'null'], properties: { locked_reason: { type: 'string', minLength: 1, maxLength: 255 } }, additionalProperties: false })),
  // Until 2.72 the body meant nothing.
  deltas: [since('2.73', { olderSchema: () => ({}), lift: () => ({ lock: null }) })],
})

const lock: ActionHandler<{ locked_reason?: string } | null> = async (ctx, server, body) => {
  const byOwner = server.project_id === ctx.identity.project?.id && server.user_id === ctx.identity.user.id
  const admin = ctx.policy.allows(ctx.identity, 'context_is_admin', {})
  if (server.locked_by === 'admin' && !admin) return
  await inTransaction(ctx, async (tx) => {
    await updateServer(tx, server.id, { locked_by: byOwner || !admin ? 'owner' : 'admin', locked_reason: body?.locked_reason ?? null })
    await recordAction(tx, server.id, 'lock')
  })
}

const unlock: ActionHandler = async (ctx, server) => {
  const own = server.project_id === ctx.identity.project?.id
  if (server.locked_by === 'admin' || (server.locked_by !== null && !own)) authorise(ctx, 'os_compute_api:os-lock-server:unlock:unlock_override', { project_id: server.project_id })
  await inTransaction(ctx, async (tx) => {
    await updateServer(tx, server.id, { locked_by: null, locked_reason: null })
    await recordAction(tx, server.id, 'unlock')
  })
}

const resetBody = wrapped('os-resetState', closed({ state: Type.Unsafe<'active' | 'error'>({ type: 'string', enum: ['active', 'error'] }) }))

const resetState: ActionHandler<{ state: 'active' | 'error' }> = async (ctx, server, body) => {
  await inTransaction(ctx, async (tx) => {
    await tx.operations.cancel(tx, server.id)
    await updateServer(tx, server.id, { vm_state: body.state, task_state: null })
    await recordAction(tx, server.id, 'reset-state')
  })
}

const passwordBody = wrapped('changePassword', closed({ adminPass: Type.String() }))

const changePassword: ActionHandler<{ adminPass: string }> = async (ctx, server, body) => {
  const host = await requireHost(ctx, server)
  await beginAction(ctx, server, 'changePassword')
  try {
    await agentOf(ctx, host).setAdminPassword({ serverId: server.id, password: body.adminPass, user: 'root' })
    await recordAction(ctx, server.id, 'change-password')
  } catch (error) {
    if (error instanceof RemoteError && error.kind === 'NoGuestAgent') throw errors.Conflict({ message: 'Guest agent is not enabled for the instance' }, { cause: error })
    throw errors.Conflict({ message: `Failed to set admin password on ${server.id} because ${(error as Error).message}` }, { cause: error })
  } finally {
    await moveServer(ctx, server.id, { tasks: ['updating_password'] }, { task_state: null })
  }
}

const crashDump: ActionHandler = async (ctx, server) => {
  checkAction(ctx, server, 'trigger_crash_dump')
  await agentOf(ctx, await requireHost(ctx, server)).injectNmi({ serverId: server.id })
  await recordAction(ctx, server.id, 'trigger-crash-dump')
}

const injectNetworkInfo: ActionHandler = async (ctx, server) => {
  if (server.locked_by !== null) authorise(ctx, 'os_compute_api:os-admin-actions:inject_network_info', { project_id: server.project_id })
}

const forceDelete: ActionHandler = async (ctx, server) => { await deleteServer(ctx, server, { force: true }) }

/** Deletion is never put off here, so no server is ever in the state this asks for. */
const restore: ActionHandler = async (ctx, server) => { checkAction(ctx, server, 'restore') }

const gone: ActionHandler = async () => { throw errors.Gone() }

export const adminActions = [
  action('lock', lock, { rule: 'os_compute_api:os-lock-server:lock', body: lockBody }),
  action('unlock', unlock, { rule: 'os_compute_api:os-lock-server:unlock' }),
  action('os-resetState', resetState, { rule: 'os_compute_api:os-admin-actions:reset_state', body: resetBody }),
  action('injectNetworkInfo', injectNetworkInfo, { rule: 'os_compute_api:os-admin-actions:inject_network_info' }),
  action('resetNetwork', gone, { rule: 'os_compute_api:servers:show' }),
  action('changePassword', changePassword, { rule: 'os_compute_api:os-admin-password', body: passwordBody }),
  action('trigger_crash_dump', crashDump, { rule: 'os_compute_api:servers:trigger_crash_dump', versions: '2.17-', body: wrapped('trigger_crash_dump', Type.Null()) }),
  action('forceDelete', forceDelete, { rule: 'os_compute_api:os-deferred-delete:force' }),
  action('restore', restore, { rule: 'os_compute_api:os-deferred-delete:restore' }),
]
