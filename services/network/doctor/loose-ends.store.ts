/** SQL about rows that speak of what is gone. Names are constants of `loose-ends.ts`; nothing of a request gets here. */
import { sql } from '#core/db/database.ts'
import type { NetworkContext } from '../context.ts'

/** `column` of `table` should name a row of `to` (or be `unless`); `id` is the column that says whom it is about. */
export interface Reference { table: string; column: string; to: string; unless?: string; id: string }

function lost({ column, to, unless }: Reference): ReturnType<typeof sql> {
  return sql`${sql.ref(column)} not in (select id from ${sql.table(to)})${unless === undefined ? sql`` : sql` and ${sql.ref(column)} <> ${unless}`}`
}

export async function findLost(ctx: NetworkContext, reference: Reference): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select distinct ${sql.ref(reference.id)} as id from ${sql.table(reference.table)} where ${lost(reference)}`.execute(ctx.db)
  return rows.map((r) => r.id)
}

export async function deleteLost(ctx: NetworkContext, reference: Reference): Promise<void> {
  await sql`delete from ${sql.table(reference.table)} where ${lost(reference)}`.execute(ctx.db)
}
