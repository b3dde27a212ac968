/**
 * The query behind a list of images: who may see what, narrowed by the conditions asked for. It is the busiest query
 * of the service and written as text: building it from parts costs more than running it. Names of columns come from
 * the closed lists of `image-query.ts`; whatever a client sends is a parameter.
 */
import { CompiledQuery } from 'kysely'
import type { SortKey } from '#core/listing/listing.ts'
import type { ImageContext } from '../context.ts'
import type { ImageRow } from '../database.ts'
import type { Condition, ImageQuery } from './image-query.ts'

export interface Viewer { project: string | undefined; seesAll: boolean }

/** Conditions and their parameters, in the order they are written. */
interface Where { parts: string[]; parameters: unknown[] }

export async function listImages(ctx: ImageContext, viewer: Viewer, asked: ImageQuery, marker: ImageRow | undefined): Promise<ImageRow[]> {
  if (asked.limit === 0) return []
  const where: Where = { parts: ['deleted_at is null'], parameters: [] }
  if (!viewer.seesAll) whereVisible(where, viewer.project, asked.memberStatus)
  whereVisibility(where, viewer, asked.visibility)
  for (const condition of asked.conditions) whereCondition(where, condition)
  for (const tag of asked.tags) add(where, 'id in (select image_id from image_tags where value = ?)', tag)
  if (marker !== undefined) whereAfter(where, asked.sort, marker as unknown as Record<string, unknown>)
  const order = asked.sort.map((key) => `${key.column} ${key.direction}`).join(', ')
  const query = CompiledQuery.raw(`select * from images where ${where.parts.join(' and ')} order by ${order} limit ?`, [...where.parameters, asked.limit])
  return (await ctx.db.executeQuery<ImageRow>(query)).rows
}

function add(where: Where, part: string, ...parameters: unknown[]): void {
  where.parts.push(part)
  where.parameters.push(...parameters)
}

/** Public and community images, the caller's own, and those shared with them and taken as asked. */
function whereVisible(where: Where, project: string | undefined, memberStatus: string): void {
  const open = "visibility in ('public', 'community')"
  if (project === undefined) return add(where, open)
  const taken = memberStatus === 'all' ? [] : [memberStatus]
  const memberships = `select image_id from image_members where member = ?${taken.length > 0 ? ' and status = ?' : ''}`
  add(where, `(${open} or owner = ? or (visibility = 'shared' and id in (${memberships})))`, project, project, ...taken)
}

/** Others' community images show only when asked for. */
function whereVisibility(where: Where, viewer: Viewer, visibility: string | undefined): void {
  if (visibility === 'all') return
  if (visibility !== undefined) add(where, 'visibility = ?', visibility)
  else if (viewer.project === undefined) add(where, "visibility <> 'community'")
  else add(where, "(visibility <> 'community' or owner = ?)", viewer.project)
}

function whereCondition(where: Where, condition: Condition): void {
  switch (condition.kind) {
    case 'equal': return add(where, `${condition.column} = ?`, condition.value)
    case 'in': return condition.values.length === 0 ? add(where, '1 = 0') : add(where, `${condition.column} in (${condition.values.map(() => '?').join(', ')})`, ...condition.values)
    case 'range': return add(where, `${condition.column} ${condition.operator} ?`, condition.value)
    case 'time': return whereTime(where, condition)
    case 'property': return add(where, 'id in (select image_id from image_properties where name = ? and value = ?)', condition.name, condition.value)
    case 'never': return add(where, '1 = 0')
  }
}

function whereTime(where: Where, { column, operator, from, until }: Extract<Condition, { kind: 'time' }>): void {
  switch (operator) {
    case 'gt': return add(where, `${column} >= ?`, until)
    case 'gte': return add(where, `${column} >= ?`, from)
    case 'lt': return add(where, `${column} < ?`, from)
    case 'lte': return add(where, `${column} < ?`, until)
    case 'eq': return add(where, `${column} >= ? and ${column} < ?`, from, until)
    case 'neq': return add(where, `(${column} < ? or ${column} >= ?)`, from, until)
  }
}

/** Rows that come after the marker's in the order asked for; nulls sort first ascending, as both engines do. */
function whereAfter(where: Where, sort: readonly SortKey[], marker: Record<string, unknown>): void {
  const branches: string[] = []
  const parameters: unknown[] = []
  sort.forEach((key, at) => {
    const parts: string[] = []
    for (const earlier of sort.slice(0, at)) {
      const value = marker[earlier.column] ?? null
      parts.push(value === null ? `${earlier.column} is null` : `${earlier.column} = ?`)
      if (value !== null) parameters.push(value)
    }
    const value = marker[key.column] ?? null
    parts.push(beyond(key, value))
    if (value !== null) parameters.push(value)
    branches.push(`(${parts.join(' and ')})`)
  })
  add(where, `(${branches.join(' or ')})`, ...parameters)
}

function beyond({ column, direction }: SortKey, value: unknown): string {
  if (direction === 'asc') return value === null ? `${column} is not null` : `${column} > ?`
  return value === null ? '1 = 0' : `(${column} < ? or ${column} is null)`
}
