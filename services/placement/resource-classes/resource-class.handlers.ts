/** Resource classes: list, show, register, rename (before 1.7), remove. */
import { reply, type Reply } from '#core/http/message.ts'
import type { RouteRequest } from '#core/http/route.ts'
import { findFault } from '#core/schema/fault.ts'
import type { PlacementContext } from '../context.ts'
import { errors } from '../errors.ts'
import { fresh } from '../freshness.versions.ts'
import { deleteResourceClass } from './delete-resource-class.ts'
import { renameResourceClass } from './rename-resource-class.ts'
import { ResourceClassBody } from './resource-class.schema.ts'
import { findCustomClasses, insertClass, listCustomClasses } from './resource-class.store.ts'
import { STANDARD_CLASSES } from './standard-classes.ts'

const pathOf = (name: string): string => `/resource_classes/${name}`
const view = (name: string): object => ({ name, links: [{ rel: 'self', href: pathOf(name) }] })

export async function listResourceClasses(ctx: PlacementContext, request: RouteRequest): Promise<Reply> {
  const custom = await listCustomClasses(ctx)
  const names = [...STANDARD_CLASSES, ...custom.map((row) => row.name)]
  return fresh(ctx, request, { body: { resource_classes: names.map(view) }, changed: custom.map((row) => row.created_at) })
}

export async function showResourceClass(ctx: PlacementContext, request: RouteRequest): Promise<Reply> {
  const name = request.params['name']!
  const [custom] = STANDARD_CLASSES.has(name) ? [] : await findCustomClasses(ctx, [name])
  if (custom === undefined && !STANDARD_CLASSES.has(name)) throw errors.ClassNotFound({ name })
  return fresh(ctx, request, { body: view(name), changed: custom === undefined ? [] : [custom.created_at] })
}

export async function createResourceClass(ctx: PlacementContext, request: RouteRequest<ResourceClassBody>): Promise<Reply> {
  const { name } = request.body
  if (!(await insertClass(ctx, name))) throw errors.ClassExists({ name })
  return reply({ headers: { location: `${request.baseUrl}${pathOf(name)}` } })
}

/** Since 1.7: 201 when it was new, 204 when it was there. */
export async function ensureResourceClass(ctx: PlacementContext, request: RouteRequest): Promise<Reply> {
  const name = request.params['name']!
  const fault = findFault(ResourceClassBody, { name })
  if (fault !== undefined) throw errors.BadRequest({ message: `JSON does not validate: ${fault.message}` })
  const made = await insertClass(ctx, name)
  return reply({ status: made ? 201 : 204, headers: { location: `${request.baseUrl}${pathOf(name)}` } })
}

/** Before 1.7 a PUT renamed. */
export async function renameResourceClassHandler(ctx: PlacementContext, request: RouteRequest<ResourceClassBody>): Promise<object> {
  await renameResourceClass(ctx, request.params['name']!, request.body.name)
  return view(request.body.name)
}

export async function deleteResourceClassHandler(ctx: PlacementContext, request: RouteRequest): Promise<undefined> {
  await deleteResourceClass(ctx, request.params['name']!)
}
