/** Metadata definitions as the API shows them; what is not set is left out. */
import { isoSeconds } from '#core/time/clock.ts'
import type { MetadefAssociationsTable, MetadefItemsTable, MetadefNamespacesTable, MetadefResourceTypesTable } from '../database.ts'

type Json = Record<string, unknown>
interface Times { created_at: string; updated_at: string }

function times(row: Times): Times {
  return { created_at: isoSeconds(row.created_at), updated_at: isoSeconds(row.updated_at) }
}

function set(values: Json): Json {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null && value !== undefined))
}

export function namespaceView(row: MetadefNamespacesTable, parts: Json = {}): Json {
  return set({
    namespace: row.namespace, display_name: row.display_name, description: row.description, visibility: row.visibility, protected: row.protected === 1, owner: row.owner,
    ...times(row), ...parts, self: `/v2/metadefs/namespaces/${row.namespace}`, schema: '/v2/schemas/metadefs/namespace',
  })
}

export function objectView(namespace: string, row: MetadefItemsTable): Json {
  const body = JSON.parse(row.body) as Json
  return set({
    name: row.name, description: body['description'], required: body['required'] ?? [], properties: body['properties'] ?? {}, ...times(row),
    self: `/v2/metadefs/namespaces/${namespace}/objects/${row.name}`, schema: '/v2/schemas/metadefs/object',
  })
}

/** `named` where the name does not stand as a key already. */
export function propertyView(row: MetadefItemsTable, named: boolean): Json {
  const body = JSON.parse(row.body) as Json
  return named ? { ...body, name: row.name } : body
}

export function tagView(row: MetadefItemsTable): Json {
  return { name: row.name, ...times(row) }
}

export function associationView(row: MetadefAssociationsTable): Json {
  return set({ name: row.resource_type, prefix: row.prefix, properties_target: row.properties_target, ...times(row) })
}

export function resourceTypeView(row: MetadefResourceTypesTable): Json {
  return { name: row.name, ...times(row) }
}
