/** A custom resource class gets another name, wherever it stands. Clients could ask for it before 1.7. */
import { inTransaction } from '#core/db/database.ts'
import type { PlacementContext } from '../context.ts'
import { errors } from '../errors.ts'
import { findCustomClasses, renameClass } from './resource-class.store.ts'
import { STANDARD_CLASSES } from './standard-classes.ts'

export async function renameResourceClass(ctx: PlacementContext, name: string, to: string): Promise<void> {
  if (STANDARD_CLASSES.has(name)) throw errors.ClassCannotChange({ name })
  await inTransaction(ctx, async (ctx) => {
    if ((await findCustomClasses(ctx, [name])).length === 0) throw errors.ClassNotFound({ name })
    if (name !== to && !(await renameClass(ctx, name, to))) throw errors.ClassNameTaken({ name: to })
  })
}
