/** Begins an action that a host has to carry out: state, operation and answer in one transaction. */
import { inTransaction } from '#core/db/database.ts'
import type { Operation } from '#core/operations/define.ts'
import type { ComputeContext } from '../context.ts'
import { errors } from '../errors.ts'
import { getHost, isHostUp } from '../hosts/host.store.ts'
import { beginAction } from '../servers/begin-action.ts'
import type { ServerRow } from '../servers/server.row.ts'
import type { ServerAction } from '../servers/server.states.ts'

/** Throws 409 when the state does not allow it, or there is no host (that is up) to do it. */
export async function startWork<I>(ctx: ComputeContext, server: ServerRow, action: ServerAction, operation: Operation<I, ComputeContext>, input: I, set: Partial<ServerRow> = {}): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    await beginAction(tx, server, action, set)
    await requireHost(tx, server)
    await tx.operations.submit(tx, operation as Operation<I, never>, input)
  })
}

/** Throws 409 when the server has no host, or its host gives no sign of life. */
export async function requireHost(ctx: ComputeContext, server: ServerRow): Promise<string> {
  if (server.host === null) throw errors.ServerNotReady({ id: server.id })
  const host = await getHost(ctx, server.host)
  if (host === undefined || !isHostUp(ctx, host)) throw errors.ComputeServiceUnavailable({ host: server.host })
  return server.host
}
