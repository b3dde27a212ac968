/** Accepts that a NIC is plugged in or pulled out. */
import { inTransaction } from '#core/db/database.ts'
import type { ComputeContext } from '../context.ts'
import { requireHost } from '../server-actions/start-work.ts'
import { beginAction } from '../servers/begin-action.ts'
import type { NicRequest } from '../servers/requested-networks.ts'
import { vifsOf, type ServerRow } from '../servers/server.row.ts'
import { attachInterfaceOperation, detachInterfaceOperation } from './interface.operations.ts'

/** The id of the operation that does it. Throws 409 where the state does not allow it. */
export async function startAttach(ctx: ComputeContext, server: ServerRow, nic: NicRequest): Promise<string> {
  return await inTransaction(ctx, async (tx) => {
    await beginAction(tx, server, 'attach_interface')
    await requireHost(tx, server)
    return await tx.operations.submit(tx, attachInterfaceOperation as never, { serverId: server.id, nic, nicKey: `attached-${tx.ids.uuid()}` })
  })
}

/** Throws 409 where the state does not allow it. That the server has no such NIC is told by its action log, not by the answer. */
export async function startDetach(ctx: ComputeContext, server: ServerRow, portId: string): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    await beginAction(tx, server, 'detach_interface')
    const vif = vifsOf(server).find((known) => known.portId === portId) ?? null
    await tx.operations.submit(tx, detachInterfaceOperation as never, { serverId: server.id, portId, vif })
  })
}
