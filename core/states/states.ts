/**
 * States are a table; a transition is one conditional UPDATE. The table says which states exist and which action is
 * allowed in which; API, operations, reconcilers and people read the same one.
 *
 *     export const imageStates = defineStates({
 *       field: 'status', initial: 'queued',
 *       actions: { upload: { from: ['queued'], to: 'saving' }, activate: { from: ['saving'], to: 'active' } },
 *     })
 *     if (!(await transition(ctx, imageStates, 'activate', 'images', id))) throw errors.Conflict(…)
 */
import type { Kysely } from 'kysely'
import { prepared } from '#core/db/prepared.ts'

export interface ActionRule<S extends string = string> { from: readonly S[]; to: S }

export interface StateTable<S extends string = string, A extends string = string> {
  field: string
  initial: S
  actions: Record<A, ActionRule<S>>
}

export function defineStates<S extends string, A extends string>(table: StateTable<S, A>): StateTable<S, A> {
  return table
}

/** Moves a row if it is in a state that allows the action; answers whether it did. `set` changes along with it. */
export async function transition<S extends string, A extends string>(
  ctx: { db: object }, table: StateTable<S, A>, action: NoInfer<A>, sqlTable: string, id: string, set: Record<string, unknown> = {},
): Promise<boolean> {
  const rule = table.actions[action]
  return await compareAndSet(ctx, sqlTable, { id }, { [table.field]: rule.from }, { ...set, [table.field]: rule.to })
}

type Columns = Record<string, unknown>
interface Shape { sqlTable: string; where: [column: string, given: unknown][]; set: [column: string, given: unknown][] }

/** Values are slots named by their place: `w0`, `w1.2` in the guard, `s0` in what is set. */
const update = prepared((db: Kysely<Record<string, Columns>>, value, { sqlTable, where, set }: Shape) => {
  const slots = Object.fromEntries(set.map(([column, given], at) => [column, isExpression(given) ? given : value(`s${at}`)]))
  let query = db.updateTable(sqlTable).set(slots as never)
  for (const [at, [column, given]] of where.entries()) {
    if (given === null) query = query.where(column as never, 'is', null as never)
    else if (Array.isArray(given)) query = query.where((eb) => listGuard(eb as never, column, given.map((v, place) => (v === null ? null : value(`w${at}.${place}`)))))
    else query = query.where(column as never, '=', value(`w${at}`))
  }
  return query
})

/** `UPDATE … WHERE key AND guard`: true when the one row matched. A list in `guard` means "one of"; what is undefined in `set` stays as it is. */
export async function compareAndSet(ctx: { db: object }, sqlTable: string, key: Columns, guard: Columns, set: Columns): Promise<boolean> {
  const asked: Shape = { sqlTable, where: [...Object.entries(key), ...Object.entries(guard)], set: Object.entries(set).filter(([, given]) => given !== undefined) }
  const values: Columns = {}
  let shape = sqlTable
  for (const [at, [column, given]] of asked.set.entries()) {
    shape += `,${column}`
    if (isExpression(given)) shape += `#${numberOf(given)}`
    else values[`s${at}`] = given
  }
  for (const [at, [column, given]] of asked.where.entries()) {
    shape += `;${column}`
    if (given === null) shape += ' null'
    else if (!Array.isArray(given)) values[`w${at}`] = given
    else {
      shape += ` ${given.map((v) => (v === null ? '0' : '1')).join('')}`
      for (const [place, v] of given.entries()) values[`w${at}.${place}`] = v
    }
  }
  return ((await update(ctx.db, values, shape, asked)).numAffectedRows ?? 0n) > 0n
}

function isExpression(value: unknown): value is object {
  return typeof value === 'object' && value !== null && 'toOperationNode' in value
}

const numbers = new WeakMap<object, number>()
let lastNumber = 0

/** Tells expressions apart: one that is a constant of its module keeps its number, and its query. */
function numberOf(expression: object): number {
  let number = numbers.get(expression)
  if (number === undefined) numbers.set(expression, number = lastNumber += 1)
  return number
}

interface LooseBuilder {
  (column: string, op: string, value: unknown): unknown
  or(parts: unknown[]): never
}

function listGuard(eb: LooseBuilder, column: string, values: unknown[]): never {
  const plain = values.filter((v) => v !== null)
  const parts = plain.length > 0 ? [eb(column, 'in', plain)] : []
  if (values.includes(null)) parts.push(eb(column, 'is', null))
  return eb.or(parts)
}
