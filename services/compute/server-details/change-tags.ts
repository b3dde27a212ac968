/** Changes the tags of a server in a transaction. */
import { inTransaction } from '#core/db/database.ts'
import type { ComputeContext } from '../context.ts'
import { tagsOf, tagsText, type ServerRow } from '../servers/server.row.ts'
import { getServer, updateServer } from '../servers/server.store.ts'

/** Answers whether anything changed: `make` gives the same list back where nothing does. */
export async function changeTags(ctx: ComputeContext, server: ServerRow, make: (tags: string[]) => string[]): Promise<boolean> {
  return await inTransaction(ctx, async (tx) => {
    const before = tagsOf((await getServer(tx, server.id)) ?? server)
    const after = make(before)
    if (after === before) return false
    await updateServer(tx, server.id, { tags: tagsText(after) })
    return true
  })
}
