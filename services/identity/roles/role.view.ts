/** Roles, and what they imply, as the API shows them. */
import { fromJson } from '#core/db/json.ts'
import type { RoleRow } from '../database.ts'

type Json = Record<string, unknown>

export function roleView(row: RoleRow): Json {
  return { ...fromJson<Json>(row.extra, {}), id: row.id, name: row.name, domain_id: row.domain_id, description: row.description, options: fromJson<Json>(row.options, {}) }
}

export function roleReference(baseUrl: string, row: Pick<RoleRow, 'id' | 'name'>): Json {
  return { id: row.id, name: row.name, links: { self: `${baseUrl}/roles/${row.id}` } }
}

export function rolePath(role: Json): string {
  return `roles/${String(role['id'])}`
}
