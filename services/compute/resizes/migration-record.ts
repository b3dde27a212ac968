/** The record of a move, as administrators list it (`os-migrations`). */
import { nowIso } from '#core/time/clock.ts'
import type { ComputeContext } from '../context.ts'
import { takeNumbers } from '../counters.ts'
import type { ServerRow } from '../servers/server.row.ts'

export async function insertMigration(ctx: ComputeContext, server: ServerRow, record: { uuid: string; type: string; oldFlavorId: string; newFlavorId: string }): Promise<void> {
  const now = nowIso(ctx.clock)
  await ctx.db.insertInto('server_migrations').values({
    id: await takeNumbers(ctx, 'server-migrations'), uuid: record.uuid, server_id: server.id, migration_type: record.type, status: 'migrating', source_host: server.host, source_node: server.node,
    dest_host: server.host, dest_node: server.node, dest_address: null, old_flavor_id: record.oldFlavorId, new_flavor_id: record.newFlavorId, hidden: 0,
    user_id: ctx.identity.user.id, project_id: server.project_id, created_at: now, updated_at: now,
  }).execute()
}

export async function setMigrationStatus(ctx: ComputeContext, uuid: string, status: string): Promise<void> {
  await ctx.db.updateTable('server_migrations').set({ status, updated_at: nowIso(ctx.clock) }).where('uuid', '=', uuid).execute()
}
