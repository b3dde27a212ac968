import { inTransaction } from '#core/db/database.ts'
import { fromJson } from '#core/db/json.ts'
import type { IdentityContext } from '../context.ts'
import type { ProjectRow } from '../database.ts'
import { errors } from '../errors.ts'
import { listTags, replaceTags } from './project.store.ts'

/** Gives a project exactly these tags; answers them as stored. `doing` is the word for a refusal. */
export async function setTags(ctx: IdentityContext, project: ProjectRow, doing: 'create' | 'update' | 'delete', tags: string[]): Promise<string[]> {
  if (fromJson<{ immutable?: boolean }>(project.options, {}).immutable === true) {
    throw errors.NotAllowed({ message: `Cannot ${doing} project tags for ${project.id}, project is immutable. Set "immutable" option to false before creating project tags.` })
  }
  return await inTransaction(ctx, async (ctx) => {
    await replaceTags(ctx, project.id, tags)
    return (await listTags(ctx, [project.id])).get(project.id) ?? []
  })
}
