/** Changes the metadata of a server: one JSON object, changed in a transaction. */
import { inTransaction } from '#core/db/database.ts'
import { toJson } from '#core/db/json.ts'
import type { ComputeContext } from '../context.ts'
import { errors } from '../errors.ts'
import { checkAction } from '../servers/begin-action.ts'
import { checkMetadataQuota } from '../servers/server-quota.ts'
import { metadataOf, type ServerRow } from '../servers/server.row.ts'
import { getServer, updateServer } from '../servers/server.store.ts'

type Items = Record<string, string>

/** Throws 409 where the state does not allow it (`word` names what was tried), 403 beyond the quota. */
export async function changeMetadata(ctx: ComputeContext, server: ServerRow, word: string, make: (items: Items) => Items): Promise<Items> {
  return await inTransaction(ctx, async (tx) => {
    const now = (await getServer(tx, server.id)) ?? server
    const items = make(metadataOf(now))
    checkMetadataState(tx, now, word)
    await checkMetadataQuota(tx, server.project_id, Object.keys(items).length)
    await updateServer(tx, server.id, { metadata: toJson(items) })
    return items
  })
}

function checkMetadataState(ctx: ComputeContext, server: ServerRow, word: string): void {
  try {
    checkAction(ctx, server, 'metadata')
  } catch (error) {
    if ((error as { code?: string }).code !== 'WrongState') throw error
    throw errors.WrongState({ action: word, id: server.id, attr: 'vm_state', state: server.vm_state })
  }
}
