import { change } from '../changes.ts'
import type { IdentityContext } from '../context.ts'
import { deleteTrusts, listTrusts } from './trust.store.ts'

/** A trust and all that was handed on from it. */
export async function removeTrust(ctx: IdentityContext, id: string): Promise<void> {
  await change(ctx, async (ctx) => {
    const ids = [id]
    for (const at of ids) ids.push(...(await listTrusts(ctx, { redelegatedFrom: at })).map((trust) => trust.id))
    await deleteTrusts(ctx, { ids })
  })
}
