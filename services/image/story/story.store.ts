/** What stories about images read. */
import type { ImageContext } from '../context.ts'

export async function imagesWithData(ctx: ImageContext): Promise<{ id: string; size: number | null }[]> {
  return await ctx.db.selectFrom('images').select(['id', 'size']).where('deleted_at', 'is', null).where('status', 'in', ['active', 'deactivated']).execute()
}
