/**
 * Begins an action on a server: one conditional UPDATE decides, so of two that come at once one wins. When it does
 * not match, the row is read to say why, in upstream's words.
 */
import { may } from '#core/http/context.ts'
import type { ComputeContext } from '../context.ts'
import { errors } from '../errors.ts'
import type { ServerRow } from './server.row.ts'
import { actionWord, ruleOf, type ServerAction } from './server.states.ts'
import { getServer, moveServer } from './server.store.ts'

/** Throws 409 when the server's state does not allow the action, or it is locked. */
export function checkAction(ctx: ComputeContext, row: ServerRow, action: ServerAction): void {
  const rule = ruleOf(action)
  const word = actionWord(action)
  if (row.locked_by !== null && rule.whileLocked !== true && !mayOverrideLock(ctx, row)) throw errors.ServerIsLocked({ id: row.id })
  if (rule.from !== undefined && !rule.from.includes(row.vm_state)) throw errors.WrongState({ action: word, id: row.id, attr: 'vm_state', state: row.vm_state })
  if (rule.tasks !== 'any' && !(rule.tasks ?? [null]).includes(row.task_state)) throw errors.WrongState({ action: word, id: row.id, attr: 'task_state', state: row.task_state ?? 'None' })
  if (row.launched_at === null && rule.unlaunched !== true) throw errors.Conflict({ message: `Instance ${row.id} is in an invalid state for '${word}'` })
}

/** A lock binds everybody but administrators. */
function mayOverrideLock(ctx: ComputeContext, row: ServerRow): boolean {
  return may(ctx, 'context_is_admin', { project_id: row.project_id })
}

/** Enters the action's task_state, with `set` besides. Call in the transaction that submits the operation. */
export async function beginAction(ctx: ComputeContext, row: ServerRow, action: ServerAction, set: Partial<ServerRow> = {}): Promise<void> {
  checkAction(ctx, row, action)
  const rule = ruleOf(action)
  const entered = rule.task === undefined ? set : { ...set, task_state: rule.task }
  if (await moveServer(ctx, row.id, { vmStates: rule.from, tasks: rule.tasks ?? [null] }, entered)) return
  const now = await getServer(ctx, row.id)
  if (now === undefined) throw errors.ServerNotFound({ id: row.id })
  checkAction(ctx, now, action)
  throw errors.WrongState({ action: actionWord(action), id: row.id, attr: 'task_state', state: now.task_state ?? 'None' })
}
