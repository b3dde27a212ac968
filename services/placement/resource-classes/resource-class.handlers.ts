/** Resource classes: list, show, register, rename (before 1.7), remove. */
import { inTransaction } from '#core/db/database.ts'
import { reply, type Reply } from '#core/http/message.ts'
import type { RouteRequest } from '#core/http/route.ts'
import { findFault } from '#core/schema/fault.ts'
import type { PlacementContext } from '../context.ts'
import { errors } from '../errors.ts'
import { fresh } from '../freshness.versions.ts'
import { ResourceClassBody } from './resource-class.schema.ts'
import { deleteClass, findCustomClasses, insertClass, isClassInUse, listCustomClasses, renameClass } from './resource-class.store.ts'
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
export async function renameResourceClass(ctx: PlacementContext, request: RouteRequest<ResourceClassBody>): Promise<object> {
  const name = request.params['name']!
  const to = request.body.name
  if (STANDARD_CLASSES.has(name)) throw errors.ClassCannotChange({ name })
  await inTransaction(ctx, async (ctx) => {
    if ((await findCustomClasses(ctx, [name])).length === 0) throw errors.ClassNotFound({ name })
    if (name !== to && !(await renameClass(ctx, name, to))) throw errors.ClassNameTaken({ name: to })
  })
  return view(to)
}

export async function deleteResourceClass(ctx: PlacementContext, request: RouteRequest): Promise<undefined> {
  const name = request.params['name']!
  if (STANDARD_CLASSES.has(name)) throw errors.ClassIsStandard({ name })
  await inTransaction(ctx, async (ctx) => {
    if ((await findCustomClasses(ctx, [name])).length === 0) throw errors.ClassNotFound({ name })
    if (await isClassInUse(ctx, name)) throw errors.ClassInUse({ name })
    await deleteClass(ctx, name)
  })
}
