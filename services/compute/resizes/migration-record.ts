/** The record of a move, as administrators list it (`os-migrations`). */
import { nowIso } from '#core/time/clock.ts'
import type { ComputeContext } from '../context.ts'
import { takeNumbers } from '../counter.store.ts'
import { flavorNumber } from '../flavors/flavor.store.ts'
import { getHost, reportOf } from '../hosts/host.store.ts'
import { insertServerMigration } from '../server-migrations/server-migration.store.ts'
import type { ServerRow } from '../servers/server.row.ts'

export async function insertMigration(ctx: ComputeContext, server: ServerRow, record: { uuid: string; type: string; oldFlavorId: string; newFlavorId: string }): Promise<void> {
  const now = nowIso(ctx.clock)
  const host = server.host === null ? undefined : await getHost(ctx, server.host)
  await insertServerMigration(ctx, {
    id: await takeNumbers(ctx, 'server-migrations'), uuid: record.uuid, server_id: server.id, migration_type: record.type, status: 'migrating', source_host: server.host, source_node: server.node,
    dest_host: server.host, dest_node: server.node, dest_address: host === undefined ? null : reportOf(host).hostIp,
    old_flavor_id: numberText(await flavorNumber(ctx, record.oldFlavorId)), new_flavor_id: numberText(await flavorNumber(ctx, record.newFlavorId)), hidden: 0,
    user_id: ctx.identity.user.id, project_id: server.project_id, created_at: now, updated_at: now,
  })
}

function numberText(number: number | null): string | null {
  return number === null ? null : String(number)
}
