/** A trust as the API shows it; its roles are added where one is shown alone. */
import { fromJson } from '#core/db/json.ts'
import type { TrustRow } from '../database.ts'

type Json = Record<string, unknown>

export function trustView(row: TrustRow): Json {
  return {
    ...fromJson<Json>(row.extra, {}), id: row.id, trustor_user_id: row.trustor_user_id, trustee_user_id: row.trustee_user_id, project_id: row.project_id, impersonation: row.impersonation === 1,
    expires_at: row.expires_at, remaining_uses: row.remaining_uses, redelegated_trust_id: row.redelegated_trust_id,
    redelegation_count: row.redelegation_count, deleted_at: null,
  }
}

export function trustPath(trust: Json): string {
  return `OS-TRUST/trusts/${String(trust['id'])}`
}
