/** Makes a flavor. Name and id are each taken once. */
import { inTransaction, isUniqueViolation } from '#core/db/database.ts'
import type { Static } from '#core/schema/schema.ts'
import type { ComputeContext } from '../context.ts'
import { errors } from '../errors.ts'
import { flagOr, normalName, toInteger } from '../schema/read-values.ts'
import type { FlavorCreate } from './flavor.schema.ts'
import { flavorWithName, insertFlavor, type FlavorRow } from './flavor.store.ts'

/** Throws 409 when the name or the id is taken. */
export async function makeFlavor(ctx: ComputeContext, given: Static<typeof FlavorCreate>['flavor']): Promise<FlavorRow> {
  const name = normalName(given.name)
  const flavorid = given.id === undefined || given.id === null ? ctx.ids.uuid() : String(given.id)
  try {
    return await inTransaction(ctx, async (tx) => await insertFlavor(tx, {
      flavorid, name, memory_mb: toInteger(given.ram), vcpus: toInteger(given.vcpus), root_gb: toInteger(given.disk),
      ephemeral_gb: toInteger(given['OS-FLV-EXT-DATA:ephemeral'] ?? 0), swap: toInteger(given.swap ?? 0), rxtx_factor: Number(given.rxtx_factor ?? 1),
      is_public: flagOr(given['os-flavor-access:is_public'], true), description: given.description ?? null, extra_specs: '{}',
    }))
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    throw await flavorWithName(ctx, name) ? errors.FlavorExists({ name }) : errors.FlavorIdExists({ id: flavorid })
  }
}
