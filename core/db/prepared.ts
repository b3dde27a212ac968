/**
 * Queries that are asked all day long, with their text made once. Building a query and writing it out as SQL costs
 * more than SQLite takes to answer a small one; here that is done at the first call for each shape, and later calls
 * only fill in values:
 *
 *     const byId = prepared((db: Kysely<Tables>, value) => db.selectFrom('servers').selectAll().where('id', '=', value('id')))
 *     const [row] = (await byId(ctx.db, { id })).rows
 *
 * `shape` tells apart what is not a value: the columns of an update, the length of a list. For a query that is asked
 * now and then the plain builder reads better.
 */
import type { Compilable, CompiledQuery, Kysely, QueryResult } from 'kysely'
import { LRUCache } from 'lru-cache'

/** Stands in a query for the value of that name. */
class Slot {
  readonly name: string
  constructor(name: string) { this.name = name }
}

/** What a slot is to the builder: any value. */
export type ValueOf = (name: string) => never

type Values = Record<string, unknown>

/** Shapes of one query that are kept; a list of a new length is a new one. */
const MAX_SHAPES = 500

export function prepared<Tables, Row, Shape = undefined>(
  build: (db: Kysely<Tables>, value: ValueOf, shape: Shape) => Compilable<Row>,
): (db: unknown, values: Values, ...shaped: Shape extends undefined ? [] : [key: string, shape: Shape]) => Promise<QueryResult<Row>> {
  // Engines write the same query differently; a transaction has the adapter of its database.
  const byAdapter = new WeakMap<object, LRUCache<string, CompiledQuery<Row>>>()
  return async (handle, values, ...shaped) => {
    const db = handle as Kysely<Tables>
    const { adapter } = db.getExecutor()
    let compiled = byAdapter.get(adapter)
    if (compiled === undefined) byAdapter.set(adapter, compiled = new LRUCache({ max: MAX_SHAPES }))
    const [key = '', shape] = shaped as [string?, Shape?]
    let query = compiled.get(key)
    if (query === undefined) compiled.set(key, query = build(db, (name) => new Slot(name) as never, shape as Shape).compile())
    const parameters = query.parameters.map((p) => (p instanceof Slot ? values[p.name] : p))
    return await db.executeQuery<Row>({ ...query, parameters })
  }
}
