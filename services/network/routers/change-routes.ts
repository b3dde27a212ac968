/** Extra routes, some at a time: read, changed and written while the router's row is held, so two callers cannot undo each other. */
import { inTransaction } from '#core/db/database.ts'
import { fromJson } from '#core/db/json.ts'
import { revise } from '../attributes/revision.store.ts'
import type { NetworkContext } from '../context.ts'
import { errors } from '../errors.ts'
import { updateRouter } from './router.resource.ts'
import { getRouter } from './router.store.ts'
import type { ExtraRoute } from './router.view.ts'

export async function changeRoutes(ctx: NetworkContext, routerId: string, change: (held: ExtraRoute[]) => ExtraRoute[]): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    if (!(await revise(ctx, 'routers', routerId))) throw errors.RouterNotFound({ routerId })
    const held = fromJson<ExtraRoute[]>((await getRouter(ctx, routerId))!.routes, [])
    await updateRouter(ctx, routerId, { routes: change(held) })
  })
}
