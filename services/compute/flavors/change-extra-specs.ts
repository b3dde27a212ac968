/** Reads and changes the extra specs of a flavor: one JSON object, changed in a transaction. */
import { inTransaction } from '#core/db/database.ts'
import { fromJson, toJson } from '#core/db/json.ts'
import type { ComputeContext } from '../context.ts'
import { errors } from '../errors.ts'
import { updateFlavor } from './flavor.store.ts'
import { visibleFlavor } from './visible-flavor.ts'

type Specs = Record<string, string>
type Given = Record<string, string | number>

/** Throws 404 when there is no such flavor, or the caller may not see it. */
export async function specsOf(ctx: ComputeContext, id: string): Promise<Specs> {
  return fromJson<Specs>((await visibleFlavor(ctx, id)).extra_specs, {})
}

export async function mergeSpecs(ctx: ComputeContext, id: string, given: Given): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const specs = { ...await specsOf(tx, id), ...Object.fromEntries(Object.entries(given).map(([k, v]) => [k, String(v)])) }
    await updateFlavor(tx, id, { extra_specs: toJson(specs) })
  })
}

/** Throws 404 when the flavor has no such spec. */
export async function dropSpec(ctx: ComputeContext, id: string, key: string): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const { [key]: gone, ...rest } = await specsOf(tx, id)
    if (gone === undefined) throw errors.FlavorExtraSpecNotFound({ id, key })
    await updateFlavor(tx, id, { extra_specs: toJson(rest) })
  })
}
