/** All SQL about metadata definitions. */
import { inTransaction, unlessTaken, writeUnlessTaken, type Insertable } from '#core/db/database.ts'
import { applyPage, type SortKey } from '#core/listing/listing.ts'
import { nowIso } from '#core/time/clock.ts'
import type { ImageContext } from '../context.ts'
import type { MetadefAssociationsTable, MetadefItemsTable, MetadefNamespacesTable, MetadefResourceTypesTable } from '../database.ts'

export type ItemKind = 'object' | 'property' | 'tag'
export interface NewItem { kind: ItemKind; name: string; body: unknown }
export interface NewAssociation { name: string; prefix?: string; properties_target?: string }

export async function findNamespace(ctx: ImageContext, name: string): Promise<MetadefNamespacesTable | undefined> {
  return await ctx.db.selectFrom('metadef_namespaces').selectAll().where('namespace', '=', name).executeTakeFirst()
}

export interface NamespaceQuery { sort: SortKey[]; marker?: MetadefNamespacesTable; limit: number; visibility?: string; resourceTypes?: string[]; viewer: { seesAll: boolean; project: string | undefined } }

export async function listNamespaces(ctx: ImageContext, asked: NamespaceQuery): Promise<MetadefNamespacesTable[]> {
  if (asked.limit === 0) return []
  let query = ctx.db.selectFrom('metadef_namespaces').selectAll()
  const { seesAll, project } = asked.viewer
  if (!seesAll) query = query.where((eb) => eb.or([eb('visibility', '=', 'public'), ...(project === undefined ? [] : [eb('owner', '=', project)])]))
  if (asked.visibility !== undefined) query = query.where('visibility', '=', asked.visibility)
  const { resourceTypes } = asked
  if (resourceTypes !== undefined) query = query.where('id', 'in', (eb) => eb.selectFrom('metadef_associations').select('namespace_id').where('resource_type', 'in', resourceTypes))
  return await applyPage(query, asked.sort, asked.marker as unknown as Record<string, unknown>, asked.limit).execute()
}

/** A namespace with all that came along; false when the name is taken. */
export async function insertNamespace(ctx: ImageContext, row: Insertable<MetadefNamespacesTable>, items: NewItem[], associations: NewAssociation[]): Promise<boolean> {
  const done = await unlessTaken(() => inTransaction(ctx, async (ctx) => {
    await ctx.db.insertInto('metadef_namespaces').values(row).execute()
    for (const item of items) await insertRow(ctx, row.id, item)
    for (const association of associations) await insertAssociationRow(ctx, row.id, association)
    return true
  }))
  return done === true
}

/** False when the new name is taken. */
export async function updateNamespace(ctx: ImageContext, id: string, set: Partial<Insertable<MetadefNamespacesTable>>): Promise<boolean> {
  return await writeUnlessTaken(ctx.db.updateTable('metadef_namespaces').set({ ...set, updated_at: nowIso(ctx.clock) }).where('id', '=', id))
}

export async function deleteNamespace(ctx: ImageContext, id: string): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    await ctx.db.deleteFrom('metadef_items').where('namespace_id', '=', id).execute()
    await ctx.db.deleteFrom('metadef_associations').where('namespace_id', '=', id).execute()
    await ctx.db.deleteFrom('metadef_namespaces').where('id', '=', id).execute()
  })
}

export async function listItems(ctx: ImageContext, namespaceId: string, kind: ItemKind, page?: { sort: SortKey[]; marker?: MetadefItemsTable; limit: number | undefined }): Promise<MetadefItemsTable[]> {
  if (page?.limit === 0) return []
  const query = ctx.db.selectFrom('metadef_items').selectAll().where('namespace_id', '=', namespaceId).where('kind', '=', kind)
  return await applyPage(query, page?.sort ?? [{ column: 'created_at', direction: 'asc' }, { column: 'name', direction: 'asc' }], page?.marker as unknown as Record<string, unknown>, page?.limit).execute()
}

export async function findItem(ctx: ImageContext, namespaceId: string, kind: ItemKind, name: string): Promise<MetadefItemsTable | undefined> {
  return await ctx.db.selectFrom('metadef_items').selectAll().where('namespace_id', '=', namespaceId).where('kind', '=', kind).where('name', '=', name).executeTakeFirst()
}

/** Undefined when the name is taken. */
export async function insertItem(ctx: ImageContext, namespaceId: string, item: NewItem): Promise<MetadefItemsTable | undefined> {
  return await unlessTaken(() => insertRow(ctx, namespaceId, item))
}

/** New tags, instead of those there are or besides them; false when a name is taken. */
export async function insertTags(ctx: ImageContext, namespaceId: string, names: string[], append: boolean): Promise<boolean> {
  const done = await unlessTaken(() => inTransaction(ctx, async (ctx) => {
    if (!append) await deleteItems(ctx, namespaceId, 'tag')
    for (const name of names) await insertRow(ctx, namespaceId, { kind: 'tag', name, body: {} })
    return true
  }))
  return done === true
}

/** Undefined when the new name is taken. */
export async function updateItem(ctx: ImageContext, row: MetadefItemsTable, name: string, body: unknown): Promise<MetadefItemsTable | undefined> {
  const changed = { name, body: JSON.stringify(body), updated_at: nowIso(ctx.clock) }
  return await unlessTaken(async () => {
    await ctx.db.updateTable('metadef_items').set(changed).where('namespace_id', '=', row.namespace_id).where('kind', '=', row.kind).where('name', '=', row.name).execute()
    return { ...row, ...changed }
  })
}

export async function deleteItem(ctx: ImageContext, row: MetadefItemsTable): Promise<void> {
  await ctx.db.deleteFrom('metadef_items').where('namespace_id', '=', row.namespace_id).where('kind', '=', row.kind).where('name', '=', row.name).execute()
}

export async function deleteItems(ctx: ImageContext, namespaceId: string, kind: ItemKind): Promise<void> {
  await ctx.db.deleteFrom('metadef_items').where('namespace_id', '=', namespaceId).where('kind', '=', kind).execute()
}

export async function listResourceTypes(ctx: ImageContext): Promise<MetadefResourceTypesTable[]> {
  return await ctx.db.selectFrom('metadef_resource_types').selectAll().orderBy('name').execute()
}

export async function listAssociations(ctx: ImageContext, namespaceIds: string[]): Promise<MetadefAssociationsTable[]> {
  if (namespaceIds.length === 0) return []
  return await ctx.db.selectFrom('metadef_associations').selectAll().where('namespace_id', 'in', namespaceIds).orderBy('resource_type').execute()
}

/** Undefined when there is one. */
export async function insertAssociation(ctx: ImageContext, namespaceId: string, association: NewAssociation): Promise<MetadefAssociationsTable | undefined> {
  return await unlessTaken(() => inTransaction(ctx, (ctx) => insertAssociationRow(ctx, namespaceId, association)))
}

export async function deleteAssociation(ctx: ImageContext, namespaceId: string, name: string): Promise<boolean> {
  const result = await ctx.db.deleteFrom('metadef_associations').where('namespace_id', '=', namespaceId).where('resource_type', '=', name).executeTakeFirst()
  return result.numDeletedRows > 0n
}

async function insertRow(ctx: ImageContext, namespaceId: string, { kind, name, body }: NewItem): Promise<MetadefItemsTable> {
  const now = nowIso(ctx.clock)
  const row = { namespace_id: namespaceId, kind, name, body: JSON.stringify(body), created_at: now, updated_at: now }
  await ctx.db.insertInto('metadef_items').values(row).execute()
  return row
}

/** A kind of resource that is not known yet becomes known. */
async function insertAssociationRow(ctx: ImageContext, namespaceId: string, { name, prefix, properties_target }: NewAssociation): Promise<MetadefAssociationsTable> {
  const now = nowIso(ctx.clock)
  const times = { created_at: now, updated_at: now }
  const known = await ctx.db.selectFrom('metadef_resource_types').select('name').where('name', '=', name).executeTakeFirst()
  if (known === undefined) await ctx.db.insertInto('metadef_resource_types').values({ name, ...times }).execute()
  const row = { namespace_id: namespaceId, resource_type: name, prefix: prefix ?? null, properties_target: properties_target ?? null, ...times }
  await ctx.db.insertInto('metadef_associations').values(row).execute()
  return row
}
