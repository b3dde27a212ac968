/** Accepts the deletion of a server: what else is under way on it is told to turn back, and the work begins. */
import { inTransaction } from '#core/db/database.ts'
import type { ComputeContext } from '../context.ts'
import { errors } from '../errors.ts'
import { beginAction } from './begin-action.ts'
import { deleteServerOperation } from './delete-server.operation.ts'
import type { ServerRow } from './server.row.ts'

/** Deleting what is being deleted is accepted and does nothing more. Throws 409 for a locked server. */
export async function deleteServer(ctx: ComputeContext, row: ServerRow, options: { force?: boolean } = {}): Promise<void> {
  const action = options.force === true ? 'forceDelete' : 'delete'
  await inTransaction(ctx, async (tx) => {
    if (row.task_state === 'deleting' && (await tx.operations.pending(tx, row.id)).some((operation) => operation.name === deleteServerOperation.name)) {
      if (row.locked_by !== null) throw errors.ServerIsLocked({ id: row.id })
      return
    }
    await beginAction(tx, row, action, { progress: 0 })
    const id = await tx.operations.submit(tx, deleteServerOperation, { serverId: row.id })
    await tx.operations.cancel(tx, row.id, id)
  })
}
