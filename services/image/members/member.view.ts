/** A membership as the API shows it. */
import { isoSeconds } from '#core/time/clock.ts'
import type { ImageMembersTable } from '../database.ts'

export function memberView(row: ImageMembersTable): Record<string, unknown> {
  return {
    member_id: row.member, image_id: row.image_id, status: row.status,
    created_at: isoSeconds(row.created_at), updated_at: isoSeconds(row.updated_at), schema: '/v2/schemas/member',
  }
}
