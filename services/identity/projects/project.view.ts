/** Projects and domains as the API shows them. */
import { fromJson } from '#core/db/json.ts'
import type { ProjectRow } from '../database.ts'

type Json = Record<string, unknown>

export function projectView(row: ProjectRow, tags: string[] = []): Json {
  return {
    ...fromJson<Json>(row.extra, {}),
    id: row.id, name: row.name, domain_id: row.domain_id, description: row.description, enabled: row.enabled === 1, parent_id: row.parent_id,
    is_domain: row.is_domain === 1, tags, options: fromJson<Json>(row.options, {}),
  }
}

export function domainView(row: ProjectRow, tags: string[] = []): Json {
  return {
    ...fromJson<Json>(row.extra, {}),
    id: row.id, name: row.name, description: row.description, enabled: row.enabled === 1, tags, options: fromJson<Json>(row.options, {}),
  }
}
