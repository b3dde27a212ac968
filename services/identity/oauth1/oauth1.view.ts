/** Consumers and access tokens as the API shows them; secrets only where they are made. */
import { fromJson } from '#core/db/json.ts'
import { isoMicros } from '#core/time/clock.ts'
import type { AccessTokenRow, ConsumerRow } from '../database.ts'

type Json = Record<string, unknown>

export function consumerView(row: ConsumerRow): Json {
  return { ...fromJson<Json>(row.extra, {}), id: row.id, description: row.description }
}

export function consumerPath(consumer: Json): string {
  return `OS-OAUTH1/consumers/${String(consumer['id'])}`
}

export function accessTokenView(baseUrl: string, row: AccessTokenRow): Json {
  return {
    id: row.id, consumer_id: row.consumer_id, project_id: row.project_id, authorizing_user_id: row.user_id, expires_at: isoMicros(row.expires_at),
    links: { roles: `${baseUrl}/users/${row.user_id}/OS-OAUTH1/access_tokens/${row.id}/roles` },
  }
}

export function accessTokenPath(token: Json): string {
  return `users/${String(token['authorizing_user_id'])}/OS-OAUTH1/access_tokens/${String(token['id'])}`
}
