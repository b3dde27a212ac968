/** The schemas client libraries read: `/v2/schemas/…`. */
import type { RouteRequest } from '#core/http/route.ts'
import type { ImageContext } from '../context.ts'
import { imageDocument } from '../images/image.schema.ts'
import { memberDocument } from '../members/member.schema.ts'
import { namespaceDocument, objectDocument, propertiesCollection, propertyDocument, resourceTypeDocument, tagDocument, type MetadefDocument } from '../metadefs/metadef.schema.ts'
import { taskDocument, taskStubDocument } from '../import/task.schema.ts'

/** A list of things of one kind, with its links. */
function collectionOf(name: string, item: object): object {
  return {
    name, properties: { [name]: { type: 'array', items: item }, first: { type: 'string' }, next: { type: 'string' }, schema: { type: 'string' } },
    links: [{ rel: 'first', href: '{first}' }, { rel: 'next', href: '{next}' }, { rel: 'describedby', href: '{schema}' }],
  }
}

/** As `collectionOf`, for lists without pages. */
function wholeCollectionOf(name: string, item: { name: string; properties: object }): object {
  return { name, properties: { [name]: { type: 'array', items: item }, schema: { type: 'string' } }, links: [{ rel: 'describedby', href: '{schema}' }] }
}

/** Shared definitions stand at the top of the collection's document. */
function metadefCollection(name: string, { definitions, ...item }: MetadefDocument): object {
  return { ...collectionOf(name, item), ...(definitions === undefined ? {} : { definitions }) }
}

const DOCUMENTS: Record<string, object> = {
  image: imageDocument,
  images: collectionOf('images', imageDocument),
  member: { name: memberDocument.name, properties: memberDocument.properties },
  members: wholeCollectionOf('members', { name: memberDocument.name, properties: memberDocument.properties }),
  task: taskDocument,
  tasks: wholeCollectionOf('tasks', taskStubDocument),
  'metadefs/namespace': namespaceDocument,
  'metadefs/namespaces': metadefCollection('namespaces', namespaceDocument),
  'metadefs/object': objectDocument,
  'metadefs/objects': metadefCollection('objects', objectDocument),
  'metadefs/property': propertyDocument,
  'metadefs/properties': propertiesCollection(),
  'metadefs/resource_type': resourceTypeDocument,
  'metadefs/resource_types': metadefCollection('resource_type_associations', resourceTypeDocument),
  'metadefs/tag': tagDocument,
  'metadefs/tags': metadefCollection('tags', tagDocument),
}

/** Names of the documents, as they stand in the path. */
export const schemaNames = Object.keys(DOCUMENTS)

export function schemaHandler(name: string): (ctx: ImageContext, request: RouteRequest) => object {
  const document = DOCUMENTS[name]
  if (document === undefined) throw new Error(`no schema ${name}`)
  return () => document
}
