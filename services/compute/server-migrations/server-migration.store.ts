/** All SQL about moves of servers between hosts: resizes, cold and live migrations, evacuations. */
import { nowIso } from '#core/time/clock.ts'
import type { ComputeContext } from '../context.ts'

export interface ServerMigrationRow {
  id: number
  uuid: string
  server_id: string
  /** `migration`, `resize`, `live-migration`, `evacuation`. */
  migration_type: string
  status: string
  source_host: string | null
  source_node: string | null
  dest_host: string | null
  dest_node: string | null
  dest_address: string | null
  old_flavor_id: string | null
  new_flavor_id: string | null
  hidden: number
  user_id: string | null
  project_id: string | null
  created_at: string
  updated_at: string | null
}

/** A move that has come to one of these is over. */
const OVER = ['confirmed', 'reverted', 'error', 'failed', 'completed', 'cancelled', 'done', 'finished'] as const

export interface MigrationFilter {
  host?: string
  sourceHost?: string
  serverId?: string
  status?: string
  type?: string
  userId?: string
  projectId?: string
  changesSince?: string
  changesBefore?: string
}

export async function insertServerMigration(ctx: ComputeContext, row: ServerMigrationRow): Promise<void> {
  await ctx.db.insertInto('server_migrations').values(row).execute()
}

export async function setMigrationStatus(ctx: ComputeContext, uuid: string, status: string): Promise<void> {
  await ctx.db.updateTable('server_migrations').set({ status, updated_at: nowIso(ctx.clock) }).where('uuid', '=', uuid).execute()
}

interface Page { limit: number; marker: string | undefined }

/** Newest first. Undefined when the marker is unknown. */
export async function listServerMigrations(ctx: ComputeContext, filter: MigrationFilter, page: Page): Promise<ServerMigrationRow[] | undefined> {
  let query = ctx.db.selectFrom('server_migrations').selectAll().where('hidden', '=', 0).orderBy('created_at', 'desc').orderBy('id', 'desc').limit(page.limit)
  const equal = { source_host: filter.sourceHost, server_id: filter.serverId, status: filter.status, migration_type: filter.type, user_id: filter.userId, project_id: filter.projectId }
  for (const [column, value] of Object.entries(equal)) if (value !== undefined) query = query.where(column as 'status', '=', value)
  const { host, changesSince, changesBefore } = filter
  if (host !== undefined) query = query.where((eb) => eb.or([eb('source_host', '=', host), eb('dest_host', '=', host)]))
  if (changesSince !== undefined) query = query.where('updated_at', '>=', changesSince)
  if (changesBefore !== undefined) query = query.where('updated_at', '<=', changesBefore)
  if (page.marker !== undefined) {
    const last = await ctx.db.selectFrom('server_migrations').select(['id', 'created_at']).where('uuid', '=', page.marker).executeTakeFirst()
    if (last === undefined) return undefined
    query = query.where((eb) => eb.or([eb('created_at', '<', last.created_at), eb.and([eb('created_at', '=', last.created_at), eb('id', '<', last.id)])]))
  }
  return await query.execute()
}

/** Moves from or to the host that are not over. A resize that waits for its confirmation is not. */
export async function countMovesInProgress(ctx: ComputeContext, host: string): Promise<number> {
  const { n } = await ctx.db.selectFrom('server_migrations').select((eb) => eb.fn.countAll<number>().as('n'))
    .where((eb) => eb.or([eb('source_host', '=', host), eb('dest_host', '=', host)]))
    .where('status', 'not in', OVER.filter((status) => status !== 'finished')).executeTakeFirstOrThrow()
  return Number(n)
}
