/**
 * Actions: `POST /servers/{id}/action` with one key that names the action. An action is data: the versions in which
 * it exists, the schema of its body, its rule, and what it does. Each slice lists its own; `routes.ts`
 * makes the one route of them.
 */
import type { Reply } from '#core/http/message.ts'
import type { RouteRequest } from '#core/http/route.ts'
import { findFault } from '#core/schema/fault.ts'
import type { TSchema } from '#core/schema/schema.ts'
import { parseSpan, type ShapeVersions } from '#core/versions/versions.ts'
import { httpErrors } from '#core/errors/errors.ts'
import { isReply, reply } from '#core/http/message.ts'
import type { ComputeContext } from '../context.ts'
import { errors } from '../errors.ts'
import { computeSchemaFault } from '../schema/schema-fault.ts'
import { findServer } from '../servers/find-server.ts'
import type { ServerRow } from '../servers/server.row.ts'

export type ActionHandler<B = unknown> = (ctx: ComputeContext, server: ServerRow, body: B, request: RouteRequest) => Promise<Reply | object | undefined | void>

export interface ActionEntry {
  name: string
  rule: string
  handler: ActionHandler<never>
  from: number
  to: number
  status: number
  body?: TSchema | ShapeVersions
  response?: ShapeVersions
}

export interface ActionOptions { rule: string; versions?: string; status?: number; body?: TSchema | ShapeVersions; response?: ShapeVersions }

export function action<B>(name: string, handler: ActionHandler<B>, options: ActionOptions): ActionEntry {
  return { name, handler: handler as ActionHandler<never>, status: 202, ...parseSpan(options.versions), ...options }
}

/** Serves one action of the table. */
export function actionHandler(table: readonly ActionEntry[]): (ctx: ComputeContext, request: RouteRequest<Record<string, unknown>>) => Promise<object> {
  const names = new Set(table.map((entry) => entry.name))
  return async (ctx, request) => {
    const name = nameOf(request.body)
    if (!names.has(name)) throw errors.BadRequest({ message: `There is no such action: ${name}` })
    const entry = table.find((candidate) => candidate.name === name && candidate.from <= request.version && request.version <= candidate.to)
    if (entry === undefined) throw httpErrors.RouteNotFound()
    const body = checked(entry, request)
    const server = await findServer(ctx, request.params['id']!, entry.rule)
    const result = await (entry.handler as ActionHandler)(ctx, server, body[name], request as unknown as RouteRequest)
    const parts: Reply = isReply(result) ? result : { body: result ?? undefined }
    const shown = entry.response !== undefined && parts.body !== undefined ? entry.response.lower(request.version, parts.body) : parts.body
    return reply({ status: parts.status ?? entry.status, headers: parts.headers, body: shown })
  }
}

function nameOf(body: unknown): string {
  const names = body !== null && typeof body === 'object' && !Array.isArray(body) ? Object.keys(body) : []
  if (names.length !== 1) throw errors.BadRequest({ message: 'Malformed request body' })
  return names[0]!
}

function checked(entry: ActionEntry, request: RouteRequest<Record<string, unknown>>): Record<string, unknown> {
  const { body } = entry
  if (body === undefined) return request.body
  const versioned = typeof (body as ShapeVersions).schemaFor === 'function' ? (body as ShapeVersions) : undefined
  const schema = versioned === undefined ? (body as TSchema) : versioned.schemaFor(request.version)
  const fault = schema === undefined ? undefined : findFault(schema, request.body)
  if (fault !== undefined) throw computeSchemaFault(fault, 'body')
  return (versioned === undefined ? request.body : versioned.lift(request.version, request.body)) as Record<string, unknown>
}
