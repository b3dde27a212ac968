/** Changing the tags of a resource while its row is held. */
import { inTransaction } from '#core/db/database.ts'
import type { Resource } from '../attributes/attribute.ts'
import { revise } from '../attributes/revision.store.ts'
import type { NetworkContext } from '../context.ts'
import { markTagged, setTags, tagsOfResource } from './tag.store.ts'

export async function changeTags(ctx: NetworkContext, table: Resource['table'], id: string, wanted: (held: string[]) => string[], gone: () => Error): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    if (!(await revise(ctx, table, id))) throw gone()
    const tags = wanted(await tagsOfResource(ctx, id))
    await setTags(ctx, id, tags)
    await markTagged(ctx, table, id, tags.length > 0)
  })
}
