/** The flavor somebody names, if they may see it. */
import { may } from '#core/http/context.ts'
import type { ComputeContext } from '../context.ts'
import { errors } from '../errors.ts'
import { getFlavor, isGranted, type FlavorRow } from './flavor.store.ts'

/** A flavor the caller may see; administrators see all. Throws `FlavorNotFound`. */
export async function visibleFlavor(ctx: ComputeContext, id: string): Promise<FlavorRow> {
  const row = await getFlavor(ctx, id)
  if (row === undefined) throw errors.FlavorNotFound({ id })
  if (row.is_public === 1 || may(ctx, 'context_is_admin') || await isGranted(ctx, id, ctx.identity.project?.id)) return row
  throw errors.FlavorNotFound({ id })
}
