/**
 * Documents of metadata definitions, as clients read them under `/v2/schemas/metadefs/`. They refer to shared
 * definitions; the validators are the same documents with the references filled in.
 */
import type { TSchema } from '#core/schema/schema.ts'

const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string', null]
const ref = (name: string): object => ({ $ref: `#/definitions/${name}` })
const readOnlyTime = (what: string): object => ({ type: 'string', readOnly: true, description: what, format: 'date-time' })
const times = { created_at: readOnlyTime('When it was created'), updated_at: readOnlyTime('When it last changed') }
const links = { schema: { readOnly: true, type: 'string' }, self: { readOnly: true, type: 'string' } }

const propertyAttributes = {
  name: { type: 'string', maxLength: 80 },
  title: { type: 'string' },
  description: { type: 'string' },
  operators: { type: 'array', items: { type: 'string' } },
  type: { type: 'string', enum: TYPES },
  required: ref('stringArray'),
  minimum: { type: 'number' },
  maximum: { type: 'number' },
  maxLength: ref('positiveInteger'),
  minLength: ref('positiveIntegerDefault0'),
  pattern: { type: 'string', format: 'regex' },
  enum: { type: 'array' },
  readonly: { type: 'boolean' },
  default: {},
  items: { type: 'object', properties: { type: { type: 'string', enum: TYPES }, enum: { type: 'array' } } },
  maxItems: ref('positiveInteger'),
  minItems: ref('positiveIntegerDefault0'),
  uniqueItems: { type: 'boolean', default: false },
  additionalItems: { type: 'boolean' },
}

const numbers = {
  positiveInteger: { type: 'integer', minimum: 0 },
  positiveIntegerDefault0: { allOf: [ref('positiveInteger'), { default: 0 }] },
}
const definitions = {
  ...numbers,
  stringArray: { type: 'array', items: { type: 'string' }, uniqueItems: true },
  property: { type: 'object', additionalProperties: { type: 'object', required: ['title', 'type'], properties: propertyAttributes } },
}

const item = (properties: object): object => ({ type: 'array', items: { type: 'object', properties } })
const text = { type: 'string' }

export interface MetadefDocument { name: string; properties: Record<string, object>; additionalProperties: boolean; definitions?: object; required?: string[] }

export const namespaceDocument: MetadefDocument = {
  name: 'namespace',
  properties: {
    namespace: { type: 'string', description: 'The unique name of the namespace', maxLength: 80 },
    display_name: { type: 'string', description: 'A name for people', maxLength: 80 },
    description: { type: 'string', description: 'What the namespace is about', maxLength: 500 },
    visibility: { type: 'string', description: 'Who can see the namespace', enum: ['public', 'private'] },
    protected: { type: 'boolean', description: 'If true, the namespace cannot be deleted' },
    owner: { type: 'string', description: 'Owner of the namespace', maxLength: 255 },
    ...times, ...links,
    resource_type_associations: item({ name: text, prefix: text, properties_target: text }),
    properties: ref('property'),
    objects: item({ name: text, description: text, required: ref('stringArray'), properties: ref('property') }),
    tags: item({ name: text }),
  },
  additionalProperties: false, definitions, required: ['namespace'],
}

export const objectDocument: MetadefDocument = {
  name: 'object',
  properties: { name: { type: 'string', maxLength: 80 }, description: text, required: ref('stringArray'), properties: ref('property'), ...links, ...times },
  additionalProperties: false, definitions, required: ['name'],
}

export const propertyDocument: MetadefDocument = {
  name: 'property', properties: propertyAttributes, additionalProperties: false,
  definitions: { ...numbers, stringArray: { type: 'array', items: { type: 'string' }, minItems: 1, uniqueItems: true } }, required: ['type', 'title', 'name'],
}

export const resourceTypeDocument: MetadefDocument = {
  name: 'resource_type_association',
  properties: {
    name: { type: 'string', description: 'A kind of resource, named as orchestration names it where it can', maxLength: 80 },
    prefix: { type: 'string', description: 'Put before the names of properties when they are set on this kind of resource', maxLength: 80 },
    properties_target: { type: 'string', description: 'Which of the metadata of a resource is meant, where it has several', maxLength: 80 },
    ...times,
  },
  additionalProperties: false, required: ['name'],
}

export const tagDocument: MetadefDocument = { name: 'tag', properties: { name: { type: 'string', maxLength: 80 }, ...times }, additionalProperties: false, required: ['name'] }

const tagsBody = { type: 'object', properties: { tags: { type: 'array', items: { type: 'object', properties: { name: { type: 'string', maxLength: 80 } }, required: ['name'], additionalProperties: false } } }, additionalProperties: false, required: ['tags'] }

/** The document with its references filled in, for checking. */
function validatorOf(document: MetadefDocument): TSchema {
  const known = (document.definitions ?? {}) as Record<string, unknown>
  const fill = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(fill)
    if (typeof value !== 'object' || value === null) return value
    const name = (value as { $ref?: string }).$ref?.replace('#/definitions/', '')
    if (name !== undefined) return fill(known[name])
    return Object.fromEntries(Object.entries(value).filter(([key, inner]) => !(key === 'format' && inner === 'regex')).map(([key, inner]) => [key, fill(inner)]))
  }
  const { properties, additionalProperties, required } = document
  return { type: 'object', properties: fill(properties), additionalProperties, required } as unknown as TSchema
}

export const metadefValidators = {
  namespace: validatorOf(namespaceDocument), object: validatorOf(objectDocument), property: validatorOf(propertyDocument),
  resource_type_association: validatorOf(resourceTypeDocument), tag: validatorOf(tagDocument), tags: tagsBody as unknown as TSchema,
}

/** Properties in a map carry their name as the key. */
function namelessProperty(): object {
  return { ...propertyDocument, required: ['type', 'title'] }
}

/** A collection by name, each under its key. */
export function propertiesCollection(): object {
  const { definitions: shared, ...document } = namelessProperty() as MetadefDocument
  return {
    name: 'properties', properties: { properties: { type: 'object', additionalProperties: document }, first: text, next: text, schema: text },
    links: [{ rel: 'first', href: '{first}' }, { rel: 'next', href: '{next}' }, { rel: 'describedby', href: '{schema}' }], definitions: shared,
  }
}
