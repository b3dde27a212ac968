/**
 * Quotas without reservations. Usage is counted from the rows themselves inside the transaction that adds one, so
 * there is no counter to leak. Two concurrent requests cannot both pass: they take the project's quota row first
 * (`lockProject`), which orders them on MariaDB; SQLite's write transaction orders them anyway.
 */
import { sql, type Kysely } from 'kysely'
import { upsert, type NamedMigration } from '#core/db/database.ts'

export interface QuotaTables { quotas: { project_id: string; resource: string; hard_limit: number }; quota_locks: { project_id: string; turn: number } }

export const quotaMigration: NamedMigration = {
  name: '0000-quotas',
  async up(db: Kysely<unknown>) {
    await db.schema.createTable('quotas')
      .addColumn('project_id', 'varchar(255)', (c) => c.notNull())
      .addColumn('resource', 'varchar(128)', (c) => c.notNull())
      .addColumn('hard_limit', 'integer', (c) => c.notNull())
      .addPrimaryKeyConstraint('quotas_key', ['project_id', 'resource'])
      .execute()
    await db.schema.createTable('quota_locks')
      .addColumn('project_id', 'varchar(255)', (c) => c.primaryKey())
      .addColumn('turn', 'integer', (c) => c.notNull())
      .execute()
  },
}

type Db = Kysely<QuotaTables>
interface HasDb { db: unknown }
function handle(ctx: HasDb): Db { return ctx.db as Db }

/** Limits of a project: its own, else the defaults. -1 is unlimited. */
export async function projectLimits(ctx: HasDb, projectId: string, defaults: Record<string, number>): Promise<Record<string, number>> {
  const rows = await handle(ctx).selectFrom('quotas').selectAll().where('project_id', '=', projectId).execute()
  const limits = { ...defaults }
  for (const row of rows) limits[row.resource] = row.hard_limit
  return limits
}

export async function setProjectLimits(ctx: HasDb, projectId: string, limits: Record<string, number>): Promise<void> {
  const db = handle(ctx)
  for (const [resource, limit] of Object.entries(limits)) {
    await db.deleteFrom('quotas').where('project_id', '=', projectId).where('resource', '=', resource).execute()
    await db.insertInto('quotas').values({ project_id: projectId, resource, hard_limit: limit }).execute()
  }
}

export async function resetProjectLimits(ctx: HasDb, projectId: string): Promise<void> {
  await handle(ctx).deleteFrom('quotas').where('project_id', '=', projectId).execute()
}

/** Orders concurrent consumers of one project; call first in the transaction. */
export async function lockProject(ctx: HasDb, projectId: string): Promise<void> {
  const db = handle(ctx)
  const taken = await db.updateTable('quota_locks').set({ turn: sql`turn + 1` }).where('project_id', '=', projectId).executeTakeFirst()
  // Two may find no row at once: the second then waits here for the first.
  if (taken.numUpdatedRows === 0n) await upsert(db, 'quota_locks', { project_id: projectId, turn: 0 }, ['project_id'])
}

/** Resources of `wanted` that would go over; empty when all fits. */
export function exceeded(limits: Record<string, number>, used: Record<string, number>, wanted: Record<string, number>): string[] {
  return Object.entries(wanted).filter(([name, more]) => {
    const limit = limits[name] ?? -1
    return limit >= 0 && more > 0 && (used[name] ?? 0) + more > limit
  }).map(([name]) => name)
}
