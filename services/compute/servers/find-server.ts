/** Loads the server a request names, and asks whether the caller may do this to it. */
import { authorise, may } from '#core/http/context.ts'
import { isUuidLike } from '#core/ids/ids.ts'
import type { ComputeContext } from '../context.ts'
import { errors } from '../errors.ts'
import type { ServerRow } from './server.row.ts'
import { getServer } from './server.store.ts'

/**
 * The server of this id that the caller's project owns (an administrator: any). Throws 404 for one of another
 * project, so that ids cannot be probed; then 403 when the rule says no.
 */
export async function findServer(ctx: ComputeContext, id: string, rule: string): Promise<ServerRow> {
  const row = isUuidLike(id) ? await getServer(ctx, id) : undefined
  if (row === undefined || !isVisible(ctx, row)) throw errors.ServerNotFound({ id })
  authorise(ctx, rule, { project_id: row.project_id, user_id: row.user_id })
  return row
}

/**
 * The server of this id, whoever owns it. Upstream asks about tags before it looks whose server it is: one of another
 * project is 403 there, not 404.
 */
export async function findServerOfAnyone(ctx: ComputeContext, id: string, rule: string): Promise<ServerRow> {
  const row = isUuidLike(id) ? await getServer(ctx, id) : undefined
  if (row === undefined) throw errors.ServerNotFound({ id })
  authorise(ctx, rule, { project_id: row.project_id, user_id: row.user_id })
  return row
}

export function isVisible(ctx: ComputeContext, row: Pick<ServerRow, 'project_id'>): boolean {
  return row.project_id === ctx.identity.project?.id || may(ctx, 'context_is_admin')
}
