/**
 * From a request's body to items a command can use: owner, known attributes only, defaults, coercion, checks; in
 * upstream's order, because the first refusal is the one a client sees.
 */
import { isAdmin, ownProject, seesAll, type NetworkContext } from '../context.ts'
import { errors, invalidAttribute } from '../errors.ts'
import { UNSET, type AttributeTable, type Item, type Resource } from './attribute.ts'
import { isDict } from './validate.ts'

function badRequest(message: string): Error {
  return errors.HTTPBadRequest({ message })
}

/** The items of a POST: one, or several under the collection's name. */
export function readCreateBody(ctx: NetworkContext, resource: Resource, body: unknown): { items: Item[]; bulk: boolean } {
  const given = readDict(body, resource)
  if (resource.collection in given) {
    const list = given[resource.collection]
    if (!list || Object.keys(list as object).length === 0) throw badRequest('Resources required')
    if (!Array.isArray(list) || !list.every(isDict)) throw badRequest('Body contains invalid data')
    return { bulk: true, items: list.map((entry) => prepareCreate(ctx, resource, isDict(entry) && resource.name in entry ? entry[resource.name] : entry)) }
  }
  return { bulk: false, items: [prepareCreate(ctx, resource, single(given, resource))] }
}

export function readUpdateBody(ctx: NetworkContext, resource: Resource, body: unknown): Item {
  const given = readDict(body, resource)
  if (Object.hasOwn(given, resource.collection)) throw badRequest('Bulk operation not supported')
  const item = ownItem(single(given, resource), resource)
  populateProject(ctx, item, false)
  refuseUnknown(item, resource.attributes)
  for (const name of Object.keys(item)) {
    if (resource.attributes[name]!.put !== true) throw badRequest(`Cannot update read-only attribute ${name}`)
  }
  return convertAll(item, resource.attributes)
}

function readDict(body: unknown, resource: Resource): Record<string, unknown> {
  if (body === undefined) throw badRequest(`Unable to find '${resource.name}' in request body`)
  if (!isDict(body)) throw badRequest('Body contains invalid data')
  return body
}

function single(body: Record<string, unknown>, resource: Resource): unknown {
  const item = Object.hasOwn(body, resource.name) ? body[resource.name] : undefined
  if (item === undefined || item === null) throw badRequest(`Unable to find '${resource.name}' in request body`)
  return item
}

/** A copy, since a body handed over in process belongs to the caller. */
function ownItem(value: unknown, resource: Resource): Item {
  if (!isDict(value)) throw badRequest(`Object '${resource.name}' contains invalid data`)
  return structuredClone(value)
}

function prepareCreate(ctx: NetworkContext, resource: Resource, value: unknown): Item {
  const item = ownItem(value, resource)
  populateProject(ctx, item, true)
  refuseUnknown(item, resource.attributes)
  for (const [name, attribute] of Object.entries(resource.attributes)) {
    if (attribute.post !== true) {
      if (name in item) throw badRequest(`Attribute '${name}' not allowed in POST`)
    } else if (!(name in item)) {
      if (!('default' in attribute)) throw badRequest(`Failed to parse request. Required attribute '${name}' not specified`)
      if (attribute.default !== UNSET) item[name] = attribute.default
    }
  }
  return convertAll(item, resource.attributes)
}

function populateProject(ctx: NetworkContext, item: Item, isCreate: boolean): void {
  if ('tenant_id' in item && !('project_id' in item)) item['project_id'] = item['tenant_id']
  else if ('project_id' in item && !('tenant_id' in item)) item['tenant_id'] = item['project_id']
  if (item['project_id'] !== item['tenant_id']) throw badRequest("'project_id' and 'tenant_id' do not match")
  if ('project_id' in item) {
    if (item['project_id'] !== ownProject(ctx) && !seesAll(ctx)) {
      throw badRequest("Specifying 'project_id' or 'tenant_id' other than the authenticated project in request requires admin or advsvc privileges")
    }
  } else if (isCreate) {
    if (ownProject(ctx) === '' && isAdmin(ctx)) throw badRequest('Running without keystone AuthN requires that tenant_id is specified')
    item['project_id'] = item['tenant_id'] = ownProject(ctx)
  }
}

function refuseUnknown(item: Item, attributes: AttributeTable): void {
  const unknown = Object.keys(item).filter((name) => !Object.hasOwn(attributes, name))
  if (unknown.length > 0) throw badRequest(`Unrecognized attribute(s) '${unknown.join(', ')}'`)
}

function convertAll(item: Item, attributes: AttributeTable): Item {
  // In the order of the table, whatever the body's: of several faults the client hears the same one.
  for (const [name, attribute] of Object.entries(attributes)) {
    if (!Object.hasOwn(item, name)) continue
    if (attribute.convert !== undefined) item[name] = attribute.convert(item[name])
    const reason = attribute.validate?.(item[name])
    if (reason !== undefined) throw invalidAttribute(name, reason)
  }
  return item
}

