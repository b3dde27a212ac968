/**
 * Deletes an image: the row first, then the data. If the process dies in between, the reconciler finds files without an
 * image. An upload under way notices at its end and removes what it wrote; an import is called off.
 */
import type { ImageContext } from '../context.ts'
import { errors } from '../errors.ts'
import { permit, seeImage } from './image-access.ts'
import { markDeleted } from './image.store.ts'

export async function deleteImage(ctx: ImageContext, id: string): Promise<void> {
  const notFound = (): Error => errors.ImageToDeleteNotFound({ id })
  const { row, target } = await seeImage(ctx, id, notFound)
  permit(ctx, 'delete_image', target)
  if (row.protected === 1) throw errors.Protected({ id })
  if (!await markDeleted(ctx, row.id)) {
    const again = await seeImage(ctx, id, notFound)
    throw errors.Protected({ id: again.row.id })
  }
  if (row.status === 'importing') await ctx.operations.cancel(ctx, row.id)
  await ctx.clients.files.remove(row.id)
}
