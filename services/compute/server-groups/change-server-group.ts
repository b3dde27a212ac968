/** A server group is made, counted against the project's limit in the same transaction; or goes. */
import { inTransaction } from '#core/db/database.ts'
import { toJson } from '#core/db/json.ts'
import { exceeded, lockProject } from '#core/quota/quota.ts'
import { nowIso } from '#core/time/clock.ts'
import type { ComputeContext } from '../context.ts'
import { errors } from '../errors.ts'
import { limitsOf } from '../quotas/effective-limits.ts'
import { readUsage } from '../quotas/quota.store.ts'
import { toInteger } from '../schema/read-values.ts'
import type { ServerGroupCreate } from './server-group.schema.ts'
import { deleteServerGroup, insertServerGroup, type ServerGroupRow } from './server-group.store.ts'

export async function createServerGroup(ctx: ComputeContext, { name, policy, rules }: ServerGroupCreate['server_group']): Promise<ServerGroupRow> {
  const most = rules?.max_server_per_host
  if (policy !== 'anti-affinity' && most !== undefined) throw errors.RulesWithoutAntiAffinity()
  const project_id = ctx.identity.project?.id ?? ''
  const row: ServerGroupRow = {
    id: ctx.ids.uuid(), project_id, user_id: ctx.identity.user.id, name: name.trim(), policy,
    rules: toJson(most === undefined ? {} : { max_server_per_host: toInteger(most) }), created_at: nowIso(ctx.clock),
  }
  await inTransaction(ctx, async (ctx) => {
    await lockProject(ctx, project_id)
    for (const user of [undefined, row.user_id]) {
      const over = exceeded(await limitsOf(ctx, project_id, user), await readUsage(ctx, project_id, user), { server_groups: 1 })
      if (over.length > 0) throw errors.ServerGroupQuota()
    }
    await insertServerGroup(ctx, row)
  })
  return row
}

export async function removeServerGroup(ctx: ComputeContext, id: string): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    if (!(await deleteServerGroup(ctx, id))) throw errors.ServerGroupNotFound({ id })
  })
}
