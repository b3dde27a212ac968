/** Tasks can be looked at; they begin with an import (`import-image.ts`), or as one (`create-task.ts`). */
import { reply, type Reply } from '#core/http/message.ts'
import type { RouteRequest } from '#core/http/route.ts'
import type { SortKey } from '#core/listing/listing.ts'
import { isUuidLike } from '#core/ids/ids.ts'
import type { ImageContext } from '../context.ts'
import { errors } from '../errors.ts'
import { permit, seeImage } from '../images/image-access.ts'
import { pageLinks } from '../images/page-links.ts'
import { readLimit } from '../images/image-query.ts'
import { findTask, listTasks, tasksOfImage } from './task.store.ts'
import { imageTaskView, taskStubView, taskView } from './task.view.ts'

const SORT_KEYS = ['id', 'type', 'status', 'owner', 'created_at', 'updated_at', 'expires_at']

export async function listTasksHandler(ctx: ImageContext, request: RouteRequest): Promise<object> {
  const { query } = request
  const filters = new Map(query)
  const status = filters.get('status') ?? ''
  if (status !== '' && !['pending', 'processing', 'success', 'failure'].includes(status)) throw errors.Invalid({ message: `Invalid status value: ${status}` })
  const type = filters.get('type') ?? ''
  if (type !== '' && type !== 'import') throw errors.Invalid({ message: `Invalid type value: ${type}` })
  const markerId = query.get('marker')
  if (markerId !== null && markerId !== '' && !isUuidLike(markerId)) throw errors.Invalid({ message: 'Invalid marker format' })
  const marker = markerId === null || markerId === '' ? undefined : await findTask(ctx, markerId)
  if (markerId !== null && markerId !== '' && marker === undefined) throw errors.Invalid({ message: `Task with the given id ${markerId} was not found` })
  const limit = readLimit(query.get('limit'), ctx.config)
  const rows = await listTasks(ctx, { filters: new Map([...filters].filter(([, value]) => value !== '')), sort: readSort(query), marker, limit })
  return { tasks: rows.map(taskStubView), ...pageLinks('/v2/tasks', query, rows.length > 0 && rows.length === limit ? rows.at(-1)!.id : undefined), schema: '/v2/schemas/tasks' }
}

function readSort(query: URLSearchParams): SortKey[] {
  const key = query.get('sort_key') ?? 'created_at'
  const direction = query.get('sort_dir') ?? 'desc'
  if (!SORT_KEYS.includes(key)) throw errors.Invalid({ message: 'Sort key supplied was not valid.' })
  if (direction !== 'asc' && direction !== 'desc') throw errors.Invalid({ message: `Invalid sort direction: ${direction}` })
  return [...new Set([key, 'created_at', 'id'])].map((column) => ({ column, direction }))
}

export async function showTask(ctx: ImageContext, request: RouteRequest): Promise<object> {
  const id = request.params['task_id']!
  const row = await findTask(ctx, id)
  if (row === undefined) throw errors.Missing({ message: `Could not find task ${id}` })
  return taskView(row)
}

export function deleteTask(): Reply {
  return reply({
    status: 405, headers: { allow: 'GET', 'content-type': 'text/plain; charset=UTF-8' },
    body: 'This operation is currently not permitted on Glance Tasks. They are auto deleted after reaching the time based on their expires_at property.',
  })
}

export async function listImageTasks(ctx: ImageContext, request: RouteRequest): Promise<object> {
  const { row, target } = await seeImage(ctx, request.params['image_id']!, () => errors.NotFound())
  permit(ctx, 'get_image', target)
  return { tasks: (await tasksOfImage(ctx, row.id)).map(imageTaskView) }
}
