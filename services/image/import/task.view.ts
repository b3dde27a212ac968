/** Tasks as the API shows them: whole, in lists, and under their image. */
import { isoMicrosNoZone, isoSeconds } from '#core/time/clock.ts'
import type { TasksTable } from '../database.ts'

export function taskStubView(row: TasksTable): Record<string, unknown> {
  return {
    id: row.id, type: row.type, status: row.status, owner: row.owner ?? '', created_at: isoSeconds(row.created_at), updated_at: isoSeconds(row.updated_at),
    self: `/v2/tasks/${row.id}`, schema: '/v2/schemas/task', ...(row.expires_at === null ? {} : { expires_at: isoSeconds(row.expires_at) }),
  }
}

export function taskView(row: TasksTable): Record<string, unknown> {
  return {
    ...taskStubView(row), input: JSON.parse(row.input) as unknown, result: row.result === null ? null : JSON.parse(row.result) as unknown, message: row.message,
    ...(row.image_id === null ? {} : { image_id: row.image_id }), ...(row.request_id === null ? {} : { request_id: row.request_id }), ...(row.user_id === null ? {} : { user_id: row.user_id }),
  }
}

/** Under an image upstream shows the record as it is stored. */
export function imageTaskView(row: TasksTable): Record<string, unknown> {
  return {
    id: row.id, type: row.type, status: row.status, owner: row.owner, image_id: row.image_id, user_id: row.user_id, request_id: row.request_id,
    input: JSON.parse(row.input) as unknown, result: row.result === null ? null : JSON.parse(row.result) as unknown, message: row.message,
    expires_at: row.expires_at === null ? null : isoMicrosNoZone(row.expires_at), created_at: isoMicrosNoZone(row.created_at), updated_at: isoMicrosNoZone(row.updated_at),
    deleted: false, deleted_at: null,
  }
}
