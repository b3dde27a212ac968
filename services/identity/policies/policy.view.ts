import { fromJson } from '#core/db/json.ts'
import type { PolicyRow } from '../database.ts'

/** A stored policy as the API shows it. */
export function policyView(row: PolicyRow): Record<string, unknown> {
  return { ...fromJson<Record<string, unknown>>(row.extra, {}), id: row.id, type: row.type, blob: row.blob_text }
}
