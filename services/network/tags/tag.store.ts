/** SQL about tags. `tagged` of the resource says whether there are any, so that lists need not look. */
import type { Resource } from '../attributes/attribute.ts'
import { loose } from '../attributes/attribute.ts'
import type { NetworkContext } from '../context.ts'

export async function tagsOfResource(ctx: NetworkContext, id: string): Promise<string[]> {
  const rows = await ctx.db.selectFrom('resource_tags').select('tag').where('resource_id', '=', id).orderBy('tag').execute()
  return rows.map((r) => r.tag)
}

/** Replaces all tags. */
export async function setTags(ctx: NetworkContext, id: string, tags: readonly string[]): Promise<void> {
  await ctx.db.deleteFrom('resource_tags').where('resource_id', '=', id).execute()
  const unique = [...new Set(tags)]
  if (unique.length > 0) await ctx.db.insertInto('resource_tags').values(unique.map((tag) => ({ resource_id: id, tag }))).execute()
}

export async function markTagged(ctx: NetworkContext, table: Resource['table'], id: string, tagged: boolean): Promise<void> {
  await loose(ctx).updateTable(table).set({ tagged: tagged ? 1 : 0 } as never).where('id', '=', id).execute()
}
