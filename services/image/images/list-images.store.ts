/** The query behind a list of images: who may see what, narrowed by the conditions asked for. */
import { applyPage } from '#core/listing/listing.ts'
import { sql, type ExpressionBuilder, type SelectQueryBuilder } from '#core/db/database.ts'
import type { ImageContext } from '../context.ts'
import type { ImageRow, ImageTables } from '../database.ts'
import type { Condition, ImageQuery } from './image-query.ts'

type Query = SelectQueryBuilder<ImageTables, 'images', ImageRow>
type Expressions = ExpressionBuilder<ImageTables, 'images'>

export interface Viewer { project: string | undefined; seesAll: boolean }

export async function listImages(ctx: ImageContext, viewer: Viewer, asked: ImageQuery, marker: ImageRow | undefined): Promise<ImageRow[]> {
  if (asked.limit === 0) return []
  let query = ctx.db.selectFrom('images').selectAll().where('deleted_at', 'is', null) as unknown as Query
  if (!viewer.seesAll) query = query.where((eb) => visible(eb, viewer.project, asked.memberStatus))
  query = narrowVisibility(query, viewer, asked.visibility)
  for (const condition of asked.conditions) query = narrow(query, condition)
  for (const tag of asked.tags) query = query.where('id', 'in', (eb) => eb.selectFrom('image_tags').select('image_id').where('value', '=', tag))
  return await applyPage(query, asked.sort, marker as unknown as Record<string, unknown>, asked.limit).execute()
}

/** Public and community images, the caller's own, and those shared with them and taken as asked. */
function visible(eb: Expressions, project: string | undefined, memberStatus: string) {
  const open = eb('visibility', 'in', ['public', 'community'])
  if (project === undefined) return open
  let memberships = eb.selectFrom('image_members').select('image_id').where('member', '=', project)
  if (memberStatus !== 'all') memberships = memberships.where('status', '=', memberStatus)
  return eb.or([open, eb('owner', '=', project), eb.and([eb('visibility', '=', 'shared'), eb('id', 'in', memberships)])])
}

/** Others' community images show only when asked for. */
function narrowVisibility(query: Query, viewer: Viewer, visibility: string | undefined): Query {
  if (visibility === 'all') return query
  if (visibility !== undefined) return query.where('visibility', '=', visibility)
  if (viewer.project === undefined) return query.where('visibility', '!=', 'community')
  const { project } = viewer
  return query.where((eb) => eb.or([eb('visibility', '!=', 'community'), eb('owner', '=', project)]))
}

function narrow(query: Query, condition: Condition): Query {
  switch (condition.kind) {
    case 'equal': return query.where(condition.column as 'name', '=', condition.value as never)
    case 'in': return condition.values.length === 0 ? never(query) : query.where(condition.column as 'name', 'in', condition.values)
    case 'range': return query.where(condition.column as 'size', condition.operator, condition.value)
    case 'time': return narrowTime(query, condition)
    case 'property': return query.where('id', 'in', (eb) => eb.selectFrom('image_properties').select('image_id').where('name', '=', condition.name).where('value', '=', condition.value))
    case 'never': return never(query)
  }
}

function never(query: Query): Query {
  return query.where(sql<boolean>`1 = 0`)
}

function narrowTime(query: Query, { column, operator, from, until }: Extract<Condition, { kind: 'time' }>): Query {
  switch (operator) {
    case 'gt': return query.where(column, '>=', until)
    case 'gte': return query.where(column, '>=', from)
    case 'lt': return query.where(column, '<', from)
    case 'lte': return query.where(column, '<', until)
    case 'eq': return query.where(column, '>=', from).where(column, '<', until)
    case 'neq': return query.where((eb) => eb.or([eb(column, '<', from), eb(column, '>=', until)]))
  }
}
