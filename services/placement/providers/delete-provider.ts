/** A provider goes, with its inventories, traits and aggregates; not while it has children or anybody holds a part of it. */
import { isForeignKeyViolation } from '#core/db/database.ts'
import type { PlacementContext } from '../context.ts'
import { errors } from '../errors.ts'
import { deleteProviderRow, hasChildren } from './provider.store.ts'

export async function deleteProvider(ctx: PlacementContext, uuid: string): Promise<void> {
  try {
    if (!(await deleteProviderRow(ctx, uuid))) throw errors.ProviderNotFound({ uuid })
  } catch (error) {
    if (!isForeignKeyViolation(error)) throw error
    throw (await hasChildren(ctx, uuid)) ? errors.ProviderIsParent({ uuid }, { cause: error }) : errors.ProviderInUse({ uuid }, { cause: error })
  }
}
