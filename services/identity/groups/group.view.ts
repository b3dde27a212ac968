import { fromJson } from '#core/db/json.ts'
import type { GroupRow } from '../database.ts'

/** A group as the API shows it. */
export function groupView(row: GroupRow): Record<string, unknown> {
  return { ...fromJson<Record<string, unknown>>(row.extra, {}), id: row.id, name: row.name, domain_id: row.domain_id, description: row.description }
}
