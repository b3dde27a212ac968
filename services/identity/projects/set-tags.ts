import { inTransaction } from '#core/db/database.ts'
import type { IdentityContext } from '../context.ts'
import type { ProjectRow } from '../database.ts'
import { listTags, replaceTags } from './project.store.ts'

/** Gives a project exactly these tags; answers them as stored. */
export async function setTags(ctx: IdentityContext, project: ProjectRow, tags: string[]): Promise<string[]> {
  return await inTransaction(ctx, async (ctx) => {
    await replaceTags(ctx, project.id, tags)
    return (await listTags(ctx, [project.id])).get(project.id) ?? []
  })
}
