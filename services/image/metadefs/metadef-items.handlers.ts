/** What is in a namespace: objects, properties, tags, and the kinds of resources it applies to. */
import { authorise } from '#core/http/context.ts'
import { reply, type Reply } from '#core/http/message.ts'
import type { RouteHandler, RouteRequest } from '#core/http/route.ts'
import type { ImageContext } from '../context.ts'
import type { MetadefItemsTable, MetadefNamespacesTable } from '../database.ts'
import { errors } from '../errors.ts'
import { openNamespace, readBody, readPage, refuseProtected } from './metadef-access.ts'
import { deleteAssociation, deleteItem, deleteItems, findItem, insertAssociation, insertItem, insertTags, listAssociations, listItems, listResourceTypes, updateItem, type ItemKind, type NewAssociation } from './metadef.store.ts'
import { associationView, objectView, propertyView, resourceTypeView, tagView } from './metadef.view.ts'

type Handler = RouteHandler<ImageContext>

async function open(ctx: ImageContext, request: RouteRequest, rule: string, kind: ItemKind): Promise<{ row: MetadefItemsTable; namespace: MetadefNamespacesTable }> {
  const namespace = await openNamespace(ctx, request, rule)
  const name = request.params['name']!
  const row = await findItem(ctx, namespace.id, kind, name)
  if (row === undefined) throw errors.MetadefNotFound({ kind, name, namespace: namespace.namespace })
  return { row, namespace }
}

function viewOf(kind: ItemKind, namespace: MetadefNamespacesTable, row: MetadefItemsTable): object {
  switch (kind) {
    case 'object': return objectView(namespace.namespace, row)
    case 'property': return propertyView(row, true)
    case 'tag': return tagView(row)
  }
}

export function createItem(kind: 'object' | 'property', rule: string): Handler {
  return async (ctx, request: RouteRequest): Promise<Reply> => {
    const { name, ...body } = readBody(request, kind)
    const namespace = await openNamespace(ctx, request, rule)
    const row = await insertItem(ctx, namespace.id, { kind, name: name as string, body })
    if (row === undefined) throw errors.MetadefTaken({ kind, name: name as string, namespace: namespace.namespace })
    return reply({ status: 201, body: viewOf(kind, namespace, row) })
  }
}

export async function createTag(ctx: ImageContext, request: RouteRequest): Promise<Reply> {
  const namespace = await openNamespace(ctx, request, 'add_metadef_tag')
  const { name } = readBody({ ...request, body: { name: request.params['name'] } } as RouteRequest, 'tag') as { name: string }
  const row = await insertItem(ctx, namespace.id, { kind: 'tag', name, body: {} })
  if (row === undefined) throw errors.MetadefTaken({ kind: 'tag', name, namespace: namespace.namespace })
  return reply({ status: 201, body: tagView(row) })
}

/** All tags at once; with `X-Openstack-Append` besides those there are. */
export async function createTags(ctx: ImageContext, request: RouteRequest): Promise<Reply> {
  const names = (readBody(request, 'tags')['tags'] as { name: string }[]).map(({ name }) => name)
  const namespace = await openNamespace(ctx, request, 'add_metadef_tags')
  const append = ['1', 't', 'true', 'on', 'y', 'yes'].includes(request.headers['x-openstack-append']?.toLowerCase() ?? '')
  if (!await insertTags(ctx, namespace.id, names, append)) throw errors.MetadefTaken({ kind: 'tag', name: names.join(', '), namespace: namespace.namespace })
  return reply({ status: 201, body: { tags: names.map((name) => ({ name })) } })
}

export function listItemsHandler(kind: ItemKind, rule: string): Handler {
  return async (ctx, request: RouteRequest): Promise<object> => {
    const namespace = await openNamespace(ctx, request, rule)
    if (kind === 'property') return { properties: Object.fromEntries((await listItems(ctx, namespace.id, kind)).map((row) => [row.name, propertyView(row, false)])) }
    const page = readPage(request.query, 'name', ['created_at', 'updated_at', 'name'])
    const marker = page.marker === undefined ? undefined : await findItem(ctx, namespace.id, kind, page.marker)
    if (page.marker !== undefined && marker === undefined) throw errors.MetadefNotFound({ kind, name: page.marker, namespace: namespace.namespace })
    const rows = await listItems(ctx, namespace.id, kind, { sort: page.sort, limit: page.limit, ...(marker === undefined ? {} : { marker }) })
    if (kind === 'tag') return { tags: rows.map(({ name }) => ({ name })) }
    return { objects: rows.map((row) => objectView(namespace.namespace, row)), schema: 'v2/schemas/metadefs/objects' }
  }
}

export function showItem(kind: ItemKind, rule: string): Handler {
  return async (ctx, request: RouteRequest): Promise<object> => {
    const { row, namespace } = await open(ctx, request, rule, kind)
    return viewOf(kind, namespace, row)
  }
}

/** A property may be asked for by the name it has on a kind of resource. */
export async function showProperty(ctx: ImageContext, request: RouteRequest): Promise<object> {
  const type = request.query.get('resource_type') ?? ''
  if (type === '') return await showItem('property', 'get_metadef_property')(ctx, request as RouteRequest<never>) as object
  const namespace = await openNamespace(ctx, request, 'get_metadef_property', 'get_metadef_resource_type')
  const prefix = (await listAssociations(ctx, [namespace.id])).find((a) => a.resource_type === type)?.prefix ?? undefined
  const name = request.params['name']!
  if (prefix === undefined || !name.startsWith(prefix)) {
    throw errors.Missing({ message: `Property ${name} does not start with the expected resource type association prefix of '${prefix ?? 'None'}'.` })
  }
  const { row } = await open(ctx, { ...request, params: { ...request.params, name: name.slice(prefix.length) } }, 'get_metadef_property', 'property')
  return propertyView(row, true)
}

export function updateItemHandler(kind: ItemKind, rule: string): Handler {
  return async (ctx, request: RouteRequest): Promise<object> => {
    const { name, ...body } = readBody(request, kind)
    const { row, namespace } = await open(ctx, request, rule, kind)
    const updated = await updateItem(ctx, row, name as string, body)
    if (updated === undefined) throw errors.MetadefTaken({ kind, name: name as string, namespace: namespace.namespace })
    return viewOf(kind, namespace, updated)
  }
}

export function deleteItemHandler(kind: ItemKind, rule: string): Handler {
  return async (ctx, request: RouteRequest): Promise<Reply> => {
    const { row, namespace } = await open(ctx, request, rule, kind)
    refuseProtected(namespace, kind, row.name)
    await deleteItem(ctx, row)
    return reply({ status: 204 })
  }
}

export function deleteItemsHandler(kind: ItemKind, ...rules: [string, ...string[]]): Handler {
  return async (ctx, request: RouteRequest): Promise<Reply> => {
    const namespace = await openNamespace(ctx, request, ...rules)
    refuseProtected(namespace, 'namespace', namespace.namespace)
    await deleteItems(ctx, namespace.id, kind)
    return reply({ status: 204 })
  }
}

export async function listResourceTypesHandler(ctx: ImageContext): Promise<object> {
  authorise(ctx, 'list_metadef_resource_types')
  return { resource_types: (await listResourceTypes(ctx)).map(resourceTypeView) }
}

export async function listAssociationsHandler(ctx: ImageContext, request: RouteRequest): Promise<object> {
  const namespace = await openNamespace(ctx, request, 'list_metadef_resource_types', 'get_metadef_resource_type')
  return { resource_type_associations: (await listAssociations(ctx, [namespace.id])).map(associationView) }
}

export async function createAssociation(ctx: ImageContext, request: RouteRequest): Promise<Reply> {
  const body = readBody(request, 'resource_type_association') as unknown as NewAssociation
  const namespace = await openNamespace(ctx, request, 'add_metadef_resource_type_association')
  const row = await insertAssociation(ctx, namespace.id, body)
  if (row === undefined) throw errors.AssociationTaken({ name: body.name, namespace: namespace.namespace })
  return reply({ status: 201, body: associationView(row) })
}

export async function deleteAssociationHandler(ctx: ImageContext, request: RouteRequest): Promise<Reply> {
  const namespace = await openNamespace(ctx, request, 'remove_metadef_resource_type_association')
  const name = request.params['name']!
  refuseProtected(namespace, 'resource-type-association', name)
  if (!await deleteAssociation(ctx, namespace.id, name)) throw errors.Missing({ message: `Failed to find resource type ${name} to delete` })
  return reply({ status: 204 })
}
