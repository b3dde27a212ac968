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

/** `UPDATE … WHERE key AND guard`: true when the one row matched. A list in `guard` means "one of". */
export async function compareAndSet(
  ctx: { db: object }, sqlTable: string, key: Record<string, unknown>, guard: Record<string, unknown>, set: Record<string, unknown>,
): Promise<boolean> {
  const db = ctx.db as unknown as Kysely<Record<string, Record<string, unknown>>>
  let query = db.updateTable(sqlTable).set(set as never)
  for (const [column, value] of [...Object.entries(key), ...Object.entries(guard)]) {
    if (value === null) query = query.where(column as never, 'is', null as never)
    else if (Array.isArray(value)) query = query.where((eb) => listGuard(eb as never, column, value))
    else query = query.where(column as never, '=', value as never)
  }
  const result = await query.executeTakeFirst()
  return result.numUpdatedRows > 0n
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
