/**
 * Children of many rows in one query. The statement is written out, padded to a power of two, so that it is prepared
 * once and a list of 500 parents costs no 500 syntax nodes.
 */
import { CompiledQuery } from 'kysely'
import type { StandardColumns } from '../database.ts'
import { loose } from './attribute.ts'

const CHUNK = 4096

/** `SELECT columns FROM table WHERE column IN (ids)`; names are constants of the caller, never input. */
export async function selectIn<T>(ctx: { db: unknown }, columns: string, table: string, column: string, ids: readonly string[], more = ''): Promise<T[]> {
  const rows: T[] = []
  for (let at = 0; at < ids.length; at += CHUNK) {
    const some = ids.slice(at, at + CHUNK)
    let size = 1
    while (size < some.length) size *= 2
    const parameters = [...some, ...Array.from({ length: size - some.length }, () => some[0]!)]
    const statement = `select ${columns} from ${table} where ${column} in (${Array.from({ length: size }, () => '?').join(',')})${more}`
    const answer = await loose(ctx).executeQuery<T>(CompiledQuery.raw(statement, parameters))
    for (const row of answer.rows) rows.push(row)
  }
  return rows
}

/** Rows by the value of one of their columns. */
export function groupBy<T, K extends keyof T>(rows: readonly T[], key: K): Map<T[K], T[]> {
  const groups = new Map<T[K], T[]>()
  for (const row of rows) {
    const group = groups.get(row[key])
    if (group === undefined) groups.set(row[key], [row])
    else group.push(row)
  }
  return groups
}

/** Tags by resource, asked only for rows that have any. */
export async function tagsOf(ctx: { db: unknown }, rows: readonly StandardColumns[]): Promise<Map<string, string[]>> {
  const ids = rows.filter((r) => r.tagged === 1).map((r) => r.id)
  if (ids.length === 0) return new Map()
  const found = await selectIn<{ resource_id: string; tag: string }>(ctx, 'resource_id, tag', 'resource_tags', 'resource_id', ids, ' order by tag')
  return new Map([...groupBy(found, 'resource_id')].map(([id, group]) => [id, group.map((g) => g.tag)]))
}
