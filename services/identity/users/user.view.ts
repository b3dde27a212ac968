/** A user as the API shows it. Nothing of the password but when it ends; a default project only where there is one. */
import { fromJson } from '#core/db/json.ts'
import { isoMicrosNoZone } from '#core/time/clock.ts'
import type { IdentityContext } from '../context.ts'
import type { UserRow } from '../database.ts'
import { isInactive } from './account-state.ts'

type Json = Record<string, unknown>

export function userView(ctx: IdentityContext, row: UserRow): Json {
  const enabled = row.enabled === 1
  return {
    ...(row.extra === '{}' ? undefined : fromJson<Json>(row.extra, {})),
    id: row.id, name: row.name, domain_id: row.domain_id, enabled: enabled && !isInactive(ctx, row),
    ...(row.default_project_id === null ? undefined : { default_project_id: row.default_project_id }),
    password_expires_at: row.password_expires_at === null ? null : isoMicrosNoZone(row.password_expires_at), options: row.options === '{}' ? {} : fromJson<Json>(row.options, {}),
  }
}

export function userPath(user: Json): string {
  return `users/${String(user['id'])}`
}
