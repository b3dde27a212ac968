/** Changes an image by a patch: all of it or nothing, on the state it was judged by. */
import { may } from '#core/http/context.ts'
import { flag } from '#core/db/json.ts'
import type { ImageContext } from '../context.ts'
import { errors } from '../errors.ts'
import { authoriseVisibility, checkPropertyQuota, checkTagQuota } from './create-image.ts'
import { permit, seeImage } from './image-access.ts'
import { applyChanges, type Change, type ImageDraft } from './image-patch.ts'
import { WRITABLE } from './image.schema.ts'
import { findImage, namedValues, saveImage, withDetail, type ImageChange } from './image.store.ts'
import type { Image } from './image.view.ts'

/** An upload may move the status between reading and writing; then the patch is judged anew. */
const ATTEMPTS = 5

export async function updateImage(ctx: ImageContext, id: string, changes: readonly Change[]): Promise<Image> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const { row, target } = await seeImage(ctx, id)
    if (changes.length === 0) permit(ctx, 'get_image', target)
    const before = await withDetail(ctx, row)
    if (changes.length === 0) return before
    const draft: ImageDraft = { attributes: { ...row }, properties: namedValues(Object.entries(before.properties)), tags: [...before.tags] }
    applyChanges(draft, changes, {
      mayChangeOwner: may(ctx, 'context_is_admin'),
      permit: (name, value) => {
        if (name === 'visibility') authoriseVisibility(ctx, value, target)
        permit(ctx, 'modify_image', target)
      },
    })
    if (Object.keys(draft.properties).some((name) => !(name in before.properties))) checkPropertyQuota(ctx, draft.properties)
    checkTagQuota(ctx, draft.tags.length)
    if (await saveImage(ctx, row, difference(before, draft))) {
      // Read without asking who sees it: the caller may just have given it away.
      const after = await findImage(ctx, id)
      if (after === undefined) throw errors.ImageNotFound({ id })
      return await withDetail(ctx, after)
    }
  }
  throw errors.Conflict({ message: `Image ${id} is being changed by somebody else; try again` })
}

function difference(before: Image, draft: ImageDraft): ImageChange {
  const set: Record<string, unknown> = {}
  const was = before.row as unknown as Record<string, unknown>
  for (const [name, value] of Object.entries(draft.attributes)) {
    if (!WRITABLE.has(name)) continue
    const stored = typeof value === 'boolean' ? flag(value) : value
    if (stored !== was[name]) set[name] = stored
  }
  const changed = Object.entries(draft.properties).filter(([name, value]) => before.properties[name] !== value)
  const dropped = Object.keys(before.properties).filter((name) => !(name in draft.properties))
  const sameTags = draft.tags.length === before.tags.length && draft.tags.every((t) => before.tags.includes(t))
  return { set, properties: namedValues(changed), dropped, ...(sameTags ? {} : { tags: draft.tags }) }
}
