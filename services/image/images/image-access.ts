/**
 * Finding an image in the name of a caller. Two gates, as upstream: an image that a caller cannot see does not exist
 * for them (404, whatever they asked), and among the visible ones the policy decides (403). A rule refused for an
 * image whose `get_image` is refused too is a 404 again.
 */
import { authorise, may } from '#core/http/context.ts'
import type { Target } from '#core/policy/rules.ts'
import type { ImageContext } from '../context.ts'
import type { ImageRow } from '../database.ts'
import { errors } from '../errors.ts'
import { findImage, isMember } from './image.store.ts'

export interface SeenImage { row: ImageRow; target: Target }

/** The image, if the caller can see it. Throws 404 otherwise. */
export async function seeImage(ctx: ImageContext, id: string, notFound: () => Error = () => errors.ImageNotFound({ id })): Promise<SeenImage> {
  const row = id.length <= 36 ? await findImage(ctx, id) : undefined
  if (row === undefined) throw notFound()
  const mine = ctx.identity.project?.id
  const shared = row.visibility === 'shared' && mine !== undefined && mine !== row.owner && await isMember(ctx, row.id, mine)
  const open = row.owner === null || row.owner === mine || row.visibility === 'public' || row.visibility === 'community' || shared
  if (!open && !may(ctx, 'context_is_admin')) throw notFound()
  return { row, target: imageTarget(row, shared ? mine : undefined) }
}

/** An image in the words of the rules. */
export function imageTarget(row: Pick<ImageRow, 'owner' | 'visibility' | 'status' | 'id'>, memberId?: string): Target {
  return { project_id: row.owner ?? undefined, owner: row.owner ?? undefined, visibility: row.visibility, status: row.status, image_id: row.id, member_id: memberId }
}

const OWNERS_ONLY = new Set(['modify_image', 'delete_image', 'upload_image', 'deactivate', 'reactivate', 'delete_image_location'])

/** Throws unless the caller may do `rule` to the image; 404 where they may not even look. */
export function permit(ctx: ImageContext, rule: string, target: Target): void {
  if (may(ctx, rule, target)) return
  if (rule === 'get_image' || !may(ctx, 'get_image', target)) throw errors.NotFound()
  // Without new defaults any member of the owning project may, so what is left to say is who that is not.
  if (OWNERS_ONLY.has(rule) && target['owner'] !== ctx.identity.project?.id) throw errors.NotOwner()
  authorise(ctx, rule, target)
}
