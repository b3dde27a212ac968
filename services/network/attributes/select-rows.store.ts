/** The one SELECT behind every list and show: scope, filters, tags, order and page, all by the attribute table. */
import { applyPage, type SortKey } from '#core/listing/listing.ts'
import { flag } from '#core/db/json.ts'
import { seesAll, type NetworkContext } from '../context.ts'
import { loose, type BaseRow, type Resource, type Rows } from './attribute.ts'
import type { ListQuery } from './list-query.ts'

export async function selectRows<Row extends BaseRow>(ctx: NetworkContext, resource: Resource<Row>, asked: ListQuery): Promise<Row[]> {
  let rows = filterByTags(applyFilters(ctx, resource as unknown as Resource, visibleRows(ctx, resource as unknown as Resource), asked), resource.table, asked)
  const sort = sortKeys(resource as unknown as Resource, asked)
  const marker = asked.marker === undefined ? undefined : await markerRow(ctx, resource as unknown as Resource, asked.marker)
  rows = applyPage(rows, sort, marker, asked.limit)
  const found = (await rows.execute()) as unknown as Row[]
  return asked.reverse ? found.reverse() : found
}

/** The row, if the caller may know of it. */
export async function findRow<Row extends BaseRow>(ctx: NetworkContext, resource: Resource<Row>, id: string): Promise<Row | undefined> {
  const rows = visibleRows(ctx, resource as unknown as Resource).where(`${resource.table}.id`, '=', id)
  return (await rows.executeTakeFirst()) as unknown as Row | undefined
}

/** As `findRow`; throws the resource's own "not found". */
export async function getRow<Row extends BaseRow>(ctx: NetworkContext, resource: Resource<Row>, id: string): Promise<Row> {
  const row = await findRow(ctx, resource, id)
  if (row === undefined) throw resource.notFound(id)
  return row
}

function visibleRows(ctx: NetworkContext, resource: Resource): Rows {
  const all = loose(ctx).selectFrom(resource.table).selectAll(resource.table) as unknown as Rows
  return seesAll(ctx) ? all : resource.scope(ctx, all)
}

function applyFilters(ctx: NetworkContext, resource: Resource, rows: Rows, asked: ListQuery): Rows {
  let narrowed = rows
  for (const [name, values] of asked.filters) {
    const own = resource.filters?.[name]
    const column = resource.attributes[name]!.column ?? name
    narrowed = own === undefined ? whereIn(narrowed, `${resource.table}.${column}`, values) : own(ctx, narrowed, values)
  }
  return narrowed
}

/** `column` equals one of the values; booleans as they are stored, null where the value is null. */
function whereIn(rows: Rows, column: string, values: readonly unknown[]): Rows {
  const stored = values.map((v) => (typeof v === 'boolean' ? flag(v) : v)).filter((v) => v !== null)
  if (stored.length === 1 && values.length === 1) return rows.where(column, '=', stored[0] as string)
  return rows.where((eb) => {
    const parts = stored.length === 0 ? [] : [eb(column, 'in', stored as string[])]
    if (values.includes(null)) parts.push(eb(column, 'is', null))
    return eb.or(parts)
  })
}

function filterByTags(rows: Rows, table: string, asked: ListQuery): Rows {
  const { all, any, notAll, notAny } = asked.tags
  let narrowed = rows
  const id = `${table}.id`
  for (const tag of all) narrowed = narrowed.where((eb) => eb(id, 'in', eb.selectFrom('resource_tags').select('resource_id').where('tag', '=', tag)))
  if (any.length > 0) narrowed = narrowed.where((eb) => eb(id, 'in', eb.selectFrom('resource_tags').select('resource_id').where('tag', 'in', any)))
  if (notAny.length > 0) narrowed = narrowed.where((eb) => eb(id, 'not in', eb.selectFrom('resource_tags').select('resource_id').where('tag', 'in', notAny)))
  if (notAll.length > 0) {
    narrowed = narrowed.where((eb) => eb.or(notAll.map((tag) => eb(id, 'not in', eb.selectFrom('resource_tags').select('resource_id').where('tag', '=', tag)))))
  }
  return narrowed
}

function sortKeys(resource: Resource, asked: ListQuery): SortKey[] {
  const keys = asked.sort.map((s) => ({ attribute: resource.attributes[s.attribute]!.column ?? s.attribute, ascending: s.ascending }))
  if (!keys.some((k) => k.attribute === 'id')) keys.push({ attribute: 'id', ascending: true })
  return keys.map((k) => ({ column: `${resource.table}.${k.attribute}`, direction: k.ascending !== asked.reverse ? 'asc' : 'desc' }))
}

async function markerRow(ctx: NetworkContext, resource: Resource, marker: string): Promise<Record<string, unknown>> {
  return await getRow(ctx, resource, marker) as unknown as Record<string, unknown>
}
