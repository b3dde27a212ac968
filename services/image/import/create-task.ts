/**
 * `POST /v2/tasks`, the older way to import: one call makes an image and has it filled from a URL. Its checks are
 * upstream's; those that upstream leaves to the running task are made at once here, so that a refusal reaches who asked.
 */
import { inTransaction } from '#core/db/database.ts'
import { reply, type Reply } from '#core/http/message.ts'
import type { RouteRequest } from '#core/http/route.ts'
import { findFault } from '#core/schema/fault.ts'
import { Type } from '#core/schema/schema.ts'
import type { ImageContext } from '../context.ts'
import { errors } from '../errors.ts'
import { createImage } from '../images/create-image.ts'
import { describe } from '../images/image-check.ts'
import { beginImport, checkUri, maxBytes } from './import-image.ts'
import { taskDocument } from './task.schema.ts'
import { taskView } from './task.view.ts'

interface TaskInput { import_from: string; import_from_format: string; image_properties: Record<string, unknown> }

const TaskBody = Type.Unsafe<object>({ ...taskDocument, type: 'object', additionalProperties: false })

export async function createTask(ctx: ImageContext, request: RouteRequest): Promise<Reply> {
  const given = readTask(request.body)
  const uri = await readSource(ctx, given['import_from'])
  const { import_from_format: format, image_properties: properties } = readInput(given)
  const row = await inTransaction(ctx, async (tx) => {
    const { row: image } = await createImage(tx, { disk_format: format, container_format: 'bare', ...properties })
    const { id, disk_format: diskFormat, container_format: containerFormat } = image
    if (diskFormat === null || containerFormat === null) throw errors.Invalid({ message: 'image_properties must leave the image a disk_format and a container_format' })
    return await beginImport(tx, { imageId: id, taskId: tx.ids.uuid(), uri, maxBytes: await maxBytes(tx, image), diskFormat, containerFormat }, { type: 'import', input: given })
  })
  return reply({ status: 201, headers: { location: `${request.baseUrl}/tasks/${row.id}` }, body: taskView(row) })
}

/** The input of the task. Throws 400 unless the body is one that imports. */
function readTask(body: unknown): Record<string, unknown> {
  if (body === undefined) throw errors.BodyExpected()
  const task = objectOf(body)
  if (task === undefined) throw errors.NoMatch({ schema: 'task', reason: `${describe(body)} is not of type 'object'` })
  for (const name of ['type', 'input']) if (!(name in task)) throw errors.Invalid({ message: `Task '${name}' is required` })
  const fault = findFault(TaskBody, task)
  if (fault !== undefined) throw errors.NoMatch({ schema: 'task', reason: fault.message })
  if (task['type'] !== 'import') throw errors.Invalid({ message: `A task of type ${describe(task['type'])} is started by POST /v2/images/{image_id}/import.` })
  return objectOf(task['input']) ?? {}
}

async function readSource(ctx: ImageContext, from: unknown): Promise<string> {
  if (typeof from !== 'string' || from === '') throw errors.Invalid({ message: `Invalid location: ${describe(from ?? null)}` })
  if (/^(file|filesystem):\/\/\//.test(from)) throw errors.Invalid({ message: 'File based imports are not allowed. Please use a non-local source of image data.' })
  if (!/^https?:\/\//.test(from)) throw errors.Invalid({ message: "The given uri is not valid. Please specify a valid uri from the following list of supported uri ['http']" })
  return await checkUri(ctx, from, 'legacy import task')
}

function readInput(given: Record<string, unknown>): TaskInput {
  for (const name of ['import_from', 'import_from_format', 'image_properties']) if (!(name in given)) throw errors.Invalid({ message: `Input does not contain '${name}' field` })
  if (objectOf(given['image_properties']) === undefined) throw errors.Invalid({ message: 'image_properties is not an object' })
  return given as unknown as TaskInput
}

function objectOf(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Record<string, unknown> : undefined
}
