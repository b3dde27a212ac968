/** A custom resource class goes, unless an inventory is of it. */
import { inTransaction } from '#core/db/database.ts'
import type { PlacementContext } from '../context.ts'
import { errors } from '../errors.ts'
import { deleteClass, findCustomClasses, isClassInUse } from './resource-class.store.ts'
import { STANDARD_CLASSES } from './standard-classes.ts'

export async function deleteResourceClass(ctx: PlacementContext, name: string): Promise<void> {
  if (STANDARD_CLASSES.has(name)) throw errors.ClassIsStandard({ name })
  await inTransaction(ctx, async (ctx) => {
    if ((await findCustomClasses(ctx, [name])).length === 0) throw errors.ClassNotFound({ name })
    if (await isClassInUse(ctx, name)) throw errors.ClassInUse({ name })
    await deleteClass(ctx, name)
  })
}
