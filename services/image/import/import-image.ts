/** Starts an import: checks as upstream makes them, then one transaction that takes the image and records the work. */
import { inTransaction } from '#core/db/database.ts'
import { transition } from '#core/states/states.ts'
import { nowIso } from '#core/time/clock.ts'
import type { ImageContext } from '../context.ts'
import type { ImageRow, TasksTable } from '../database.ts'
import { errors } from '../errors.ts'
import { permit, seeImage } from '../images/image-access.ts'
import { imageStates } from '../images/image.states.ts'
import { setProperties, storedBytes } from '../images/image.store.ts'
import { IMPORT_LOCK, importImage, type ImportInput } from './import-image.operation.ts'
import { insertTask } from './task.store.ts'
import { judgeUrl, WebRefused } from './web-source.ts'

interface ImportRequest { method: string; uri: unknown; body: Record<string, unknown> }

export async function startImport(ctx: ImageContext, imageId: string, body: unknown): Promise<void> {
  const wanted = readImport(ctx, body)
  const { row, target } = await seeImage(ctx, imageId)
  checkState(row, wanted.method)
  permit(ctx, 'modify_image', target)
  if (wanted.body['all_stores_must_succeed'] === false) throw errors.Invalid({ message: `All_stores_must_succeed can only be set with enabled_backends ${String(wanted.uri)}` })
  const uri = wanted.method === 'web-download' ? await checkUri(ctx, wanted.uri, 'web-download') : undefined
  const input: ImportInput = {
    imageId: row.id, taskId: ctx.ids.uuid(), ...(uri === undefined ? {} : { uri }), maxBytes: await maxBytes(ctx, row),
    diskFormat: row.disk_format!, containerFormat: row.container_format!,
  }
  await inTransaction(ctx, async (tx) => {
    await beginImport(tx, input, { type: 'api_image_import', input: { image_id: row.id, import_req: wanted.body, backend: [null] } })
  })
}

/** Takes the image, records the task and starts the work: inside a transaction. */
export async function beginImport(tx: ImageContext, input: ImportInput, task: { type: 'import' | 'api_image_import'; input: object }): Promise<TasksTable> {
  const { imageId, taskId } = input
  if (!await transition(tx, imageStates, 'import', 'images', imageId, { upload_id: taskId, lease_until: null, updated_at: nowIso(tx.clock) })) {
    throw errors.Conflict({ message: `New operation on image '${imageId}' is not permitted as prior operation is still in progress` })
  }
  await setProperties(tx, imageId, { [IMPORT_LOCK]: taskId })
  const now = nowIso(tx.clock)
  const row: TasksTable = {
    id: taskId, type: task.type, status: 'pending', owner: tx.identity.project?.id ?? null, image_id: imageId, user_id: tx.identity.user.id.slice(0, 64), request_id: tx.requestId,
    input: JSON.stringify(task.input), result: null, message: '', expires_at: null, created_at: now, updated_at: now,
  }
  await insertTask(tx, row)
  await tx.operations.submit(tx, importImage, input)
  return row
}

function readImport(ctx: ImageContext, body: unknown): ImportRequest {
  if (body === undefined) throw errors.BodyExpected()
  const given = objectOf(body)
  const method = given?.['method']
  if (given === undefined || !('method' in given)) throw errors.Invalid({ message: "Import request requires a 'method' field." })
  const named = objectOf(method)
  if (named === undefined || !('name' in named)) throw errors.Invalid({ message: "Import request requires a 'name' field." })
  const { name } = named
  if (typeof name !== 'string' || !ctx.config.importMethods.includes(name)) throw errors.Invalid({ message: `Unknown import method name '${String(name)}'.` })
  for (const flag of ['all_stores_must_succeed', 'all_stores']) {
    if (flag in given && typeof given[flag] !== 'boolean') throw errors.Invalid({ message: `'${flag}' must be boolean value only` })
  }
  return { method: name, uri: named['uri'], body: given }
}

function objectOf(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Record<string, unknown> : undefined
}

function checkState(row: ImageRow, method: string): void {
  const conflict = (message: string): Error => errors.Conflict({ message })
  if (row.status === 'active') throw conflict('Image with status active cannot be target for import')
  if (method === 'web-download' && row.status !== 'queued') throw conflict(`Image needs to be in 'queued' state to use '${method}' method`)
  if (method === 'glance-direct' && (row.status !== 'uploading' || row.lease_until !== null)) throw conflict("Image needs to be staged before 'glance-direct' method can be used")
  for (const name of ['container_format', 'disk_format'] as const) if (row[name] === null) throw conflict(`'${name}' needs to be set before import`)
}

/** Refused at once rather than by a task that fails; judged again when it is fetched. */
export async function checkUri(ctx: ImageContext, uri: unknown, what: string): Promise<string> {
  const { importAllowedSchemes: schemes, importAllowedPorts: ports, importAllowedHosts: allowedHosts, importDisallowedHosts: disallowedHosts } = ctx.config
  try {
    return (await judgeUrl(uri, { schemes, ports, allowedHosts, disallowedHosts })).url.href
  } catch (error) {
    if (error instanceof WebRefused) throw errors.Invalid({ message: `URI for ${what} does not pass filtering: ${uri === undefined ? 'None' : String(uri)}` }, { cause: error })
    throw error
  }
}

export async function maxBytes(ctx: ImageContext, row: Pick<ImageRow, 'id' | 'owner'>): Promise<number> {
  const { sizeCapBytes, projectStorageQuotaBytes } = ctx.config
  if (projectStorageQuotaBytes === 0 || row.owner === null) return sizeCapBytes
  return Math.max(0, Math.min(sizeCapBytes, projectStorageQuotaBytes - await storedBytes(ctx, row.owner, row.id)))
}
