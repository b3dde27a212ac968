import { fromJson } from '#core/db/json.ts'
import type { IdentityContext } from '../context.ts'
import type { CredentialRow } from '../database.ts'
import { openBlob } from './credential-blob.ts'

/** A credential as the API shows it, its contents in the open. */
export function credentialView(ctx: IdentityContext, row: CredentialRow): Record<string, unknown> {
  return { ...fromJson<Record<string, unknown>>(row.extra, {}), id: row.id, user_id: row.user_id, project_id: row.project_id, type: row.type, blob: openBlob(ctx, row) }
}
