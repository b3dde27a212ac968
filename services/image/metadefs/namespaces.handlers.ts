/** Namespaces of metadata definitions. */
import { authorise, may } from '#core/http/context.ts'
import { reply, type Reply } from '#core/http/message.ts'
import type { RouteRequest } from '#core/http/route.ts'
import { findFault } from '#core/schema/fault.ts'
import { nowIso } from '#core/time/clock.ts'
import type { ImageContext } from '../context.ts'
import type { MetadefNamespacesTable } from '../database.ts'
import { errors } from '../errors.ts'
import { pageLinks } from '../images/page-links.ts'
import { checkProperties, isVisible, namespaceTarget, openNamespace, readBody, readPage, refuseProtected } from './metadef-access.ts'
import { metadefValidators } from './metadef.schema.ts'
import { deleteNamespace, findNamespace, insertNamespace, listAssociations, listItems, listNamespaces, updateNamespace, type NewAssociation, type NewItem } from './metadef.store.ts'
import { associationView, namespaceView, objectView, propertyView } from './metadef.view.ts'

type Json = Record<string, unknown>
const SORTABLE = ['created_at', 'updated_at', 'namespace', 'id', 'visibility', 'protected', 'owner', 'display_name', 'description']

export async function listNamespacesHandler(ctx: ImageContext, request: RouteRequest): Promise<object> {
  const { query } = request
  authorise(ctx, 'get_metadef_namespaces')
  authorise(ctx, 'list_metadef_resource_types')
  const visibility = query.get('visibility') ?? ''
  if (visibility !== '' && visibility !== 'public' && visibility !== 'private') throw errors.Invalid({ message: `Invalid visibility value: ${visibility}` })
  const page = readPage(query, 'id', SORTABLE)
  const limit = Math.min(page.limit ?? ctx.config.pageDefault, ctx.config.pageMax)
  const marker = page.marker === undefined ? undefined : await findNamespace(ctx, page.marker)
  if (page.marker !== undefined && (marker === undefined || !isVisible(ctx, marker))) throw errors.Missing({ message: `Metadata definition namespace=${page.marker} was not found.` })
  const resourceTypes = query.get('resource_types')?.split(',')
  const rows = await listNamespaces(ctx, {
    sort: page.sort, limit, ...(marker === undefined ? {} : { marker }), ...(visibility === '' ? {} : { visibility }), ...(resourceTypes === undefined ? {} : { resourceTypes }),
    viewer: { seesAll: may(ctx, 'context_is_admin'), project: ctx.identity.project?.id },
  })
  const shown = rows.filter((row) => may(ctx, 'get_metadef_namespace', namespaceTarget(row)))
  const associations = Map.groupBy(await listAssociations(ctx, shown.map((r) => r.id)), (a) => a.namespace_id)
  return {
    ...pageLinks('/v2/metadefs/namespaces', query, shown.length > 0 && shown.length === limit ? shown.at(-1)!.namespace : undefined), schema: '/v2/schemas/metadefs/namespaces',
    namespaces: shown.map((row) => namespaceView(row, { resource_type_associations: associations.get(row.id)?.map(associationView) })),
  }
}

export async function createNamespace(ctx: ImageContext, request: RouteRequest): Promise<Reply> {
  const body = readBody(request, 'namespace')
  const rules: [string, string][] = [['resource_type_associations', 'add_metadef_resource_type_association'], ['objects', 'add_metadef_object'], ['properties', 'add_metadef_property'], ['tags', 'add_metadef_tag']]
  for (const rule of ['add_metadef_namespace', ...rules.filter(([part]) => part in body).map(([, name]) => name)]) authorise(ctx, rule)
  const now = nowIso(ctx.clock)
  const row: MetadefNamespacesTable = { id: ctx.ids.uuid(), ...columnsOf(ctx, body), created_at: now, updated_at: now }
  const parts = ['properties', 'objects', 'tags', 'resource_type_associations'] as const
  if (!await insertNamespace(ctx, row, itemsOf(body), associationsOf(body))) throw errors.NamespaceTaken({ name: row.namespace })
  const given = Object.fromEntries(parts.map((part) => [part, body[part]]))
  return reply({ status: 201, body: namespaceView(row, given), headers: { location: `${request.baseUrl}/metadefs/namespaces/${encodeURIComponent(row.namespace)}` } })
}

function columnsOf(ctx: ImageContext, body: Json): Omit<MetadefNamespacesTable, 'id' | 'created_at' | 'updated_at'> {
  return {
    namespace: body['namespace'] as string, display_name: (body['display_name'] as string | undefined) ?? null, description: (body['description'] as string | undefined) ?? null,
    visibility: (body['visibility'] as string | undefined) ?? 'private', protected: body['protected'] === true ? 1 : 0, owner: (body['owner'] as string | undefined) ?? ctx.identity.project?.id ?? null,
  }
}

/** What came inside a new namespace, each checked as if it came alone. */
function itemsOf(body: Json): NewItem[] {
  const objects = ((body['objects'] as Json[] | undefined) ?? []).map((object): NewItem => {
    check('object', object)
    checkProperties(object)
    const { name, ...rest } = object
    return { kind: 'object', name: name as string, body: rest }
  })
  const properties = Object.entries((body['properties'] as Json | undefined) ?? {}).map(([name, property]): NewItem => {
    check('property', { ...(property as Json), name })
    return { kind: 'property', name, body: property }
  })
  const tags = ((body['tags'] as Json[] | undefined) ?? []).map((tag): NewItem => {
    check('tag', tag)
    return { kind: 'tag', name: tag['name'] as string, body: {} }
  })
  const items = [...objects, ...properties, ...tags]
  if (new Set(items.map(({ kind, name }) => `${kind} ${name}`)).size < items.length) throw errors.Conflict({ message: 'Two definitions of the namespace have the same name.' })
  return items
}

function associationsOf(body: Json): NewAssociation[] {
  const associations = (body['resource_type_associations'] as Json[] | undefined) ?? []
  for (const association of associations) check('resource_type_association', association)
  if (new Set(associations.map((a) => a['name'])).size < associations.length) throw errors.Conflict({ message: 'A resource type is associated twice.' })
  return associations as unknown as NewAssociation[]
}

function check(kind: keyof typeof metadefValidators, value: unknown): void {
  const fault = findFault(metadefValidators[kind], value)
  if (fault !== undefined) throw errors.NoMatch({ schema: kind, reason: fault.message })
}

export async function showNamespace(ctx: ImageContext, request: RouteRequest): Promise<object> {
  const row = await openNamespace(ctx, request, 'get_metadef_namespace', 'list_metadef_resource_types', 'get_metadef_objects', 'get_metadef_properties', 'get_metadef_tags')
  const associations = (await listAssociations(ctx, [row.id])).map(associationView)
  const objects = (await listItems(ctx, row.id, 'object')).map((item) => objectView(row.namespace, item))
  const properties = Object.fromEntries((await listItems(ctx, row.id, 'property')).map((item) => [item.name, propertyView(item, false)]))
  const tags = (await listItems(ctx, row.id, 'tag')).map(({ name }) => ({ name }))
  const prefix = associations.find((a) => a['name'] === request.query.get('resource_type'))?.['prefix'] as string | undefined
  const filled = <T extends object>(part: T): T | undefined => (Object.keys(part).length > 0 ? part : undefined)
  return namespaceView(row, {
    resource_type_associations: filled(associations), objects: filled(objects.map((object) => prefixObject(object, prefix ?? ''))), properties: filled(prefixKeys(properties, prefix ?? '')), tags: filled(tags),
  })
}

function prefixKeys(map: Json, prefix: string): Json {
  return prefix === '' ? map : Object.fromEntries(Object.entries(map).map(([name, value]) => [`${prefix}${name}`, value]))
}

function prefixObject(object: Json, prefix: string): Json {
  return prefix === '' ? object : { ...object, properties: prefixKeys(object['properties'] as Json, prefix), required: (object['required'] as string[]).map((name) => `${prefix}${name}`) }
}

export async function updateNamespaceHandler(ctx: ImageContext, request: RouteRequest): Promise<object> {
  const body = readBody(request, 'namespace')
  const row = await openNamespace(ctx, request, 'modify_metadef_namespace')
  const columns = columnsOf(ctx, body)
  if (!await updateNamespace(ctx, row.id, columns)) throw errors.Conflict({ message: `Invalid update. It would result in a duplicate metadata definition namespace with the same name of ${columns.namespace}` })
  return namespaceView((await findNamespace(ctx, columns.namespace))!)
}

export async function deleteNamespaceHandler(ctx: ImageContext, request: RouteRequest): Promise<Reply> {
  const row = await openNamespace(ctx, request, 'delete_metadef_namespace')
  refuseProtected(row, 'namespace', row.namespace)
  await deleteNamespace(ctx, row.id)
  return reply({ status: 204 })
}
