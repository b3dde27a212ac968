/** Lets a project use a private flavor. */
import { isUniqueViolation } from '#core/db/database.ts'
import type { ComputeContext } from '../context.ts'
import { errors } from '../errors.ts'
import { addFlavorProject } from './flavor.store.ts'

/** Throws 409 when it may already. */
export async function grantFlavor(ctx: ComputeContext, id: string, project: string): Promise<void> {
  try {
    await addFlavorProject(ctx, id, project)
  } catch (error) {
    if (isUniqueViolation(error)) throw errors.FlavorAccessExists({ id, project })
    throw error
  }
}
