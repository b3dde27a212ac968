/** A store as the golden tool sees one: for its test. */
import { upsert, type Kysely, type NamedMigration } from '#core/db/database.ts'

export interface BookRow { id: string; title: string; pages: number; tags: string }
interface Context { db: Kysely<{ books: BookRow }> }
type Order = 'title' | 'pages'

export const shelfMigration: NamedMigration = {
  name: '0001-shelf',
  async up(db) {
    await db.schema.createTable('books').addColumn('id', 'varchar(36)', (c) => c.primaryKey())
      .addColumn('title', 'varchar(255)').addColumn('pages', 'integer').addColumn('tags', 'text').execute()
  },
}

export async function listBooks(ctx: Context, where: { title?: string; atLeast?: number; ids?: string[] }, order: Order): Promise<BookRow[]> {
  let query = ctx.db.selectFrom('books').selectAll()
  if (where.title !== undefined) query = query.where('title', '=', where.title)
  if (where.atLeast !== undefined) query = query.where('pages', '>=', where.atLeast)
  if (where.ids !== undefined) query = query.where('id', 'in', where.ids)
  return await query.orderBy(order).execute()
}

export async function saveBook(ctx: Context, row: BookRow): Promise<void> {
  await upsert(ctx.db, 'books', { ...row }, ['id'])
}

/** Reads its answer as a list: what is asked after that needs a row that is one. */
export async function dropTagged(ctx: Context, id: string): Promise<void> {
  const row = await ctx.db.selectFrom('books').select('tags').where('id', '=', id).executeTakeFirst()
  for (const tag of JSON.parse(row?.tags ?? '[]') as string[]) await ctx.db.deleteFrom('books').where('tags', '=', tag).execute()
  await ctx.db.deleteFrom('books').where('id', '=', id).execute()
}

/** Asks for a column that the table does not have. */
export async function lostColumn(ctx: Context): Promise<void> {
  await ctx.db.selectFrom('books').select('author' as 'title').execute()
}

export async function foreignType(ctx: Context, url: URL): Promise<void> {
  await ctx.db.deleteFrom('books').where('title', '=', url.href).execute()
}

export function thickness(ctx: Context, pages: number): number {
  return ctx.db.isTransaction ? 0 : pages / 10
}

export function titleOf(row: BookRow): string {
  return row.title
}
