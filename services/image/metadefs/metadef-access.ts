/** Finding a namespace in the name of a caller, and reading bodies: what every metadefs handler begins with. */
import { authorise, may } from '#core/http/context.ts'
import type { RouteRequest } from '#core/http/route.ts'
import { findFault } from '#core/schema/fault.ts'
import type { SortKey } from '#core/listing/listing.ts'
import type { ImageContext } from '../context.ts'
import type { MetadefNamespacesTable } from '../database.ts'
import { errors } from '../errors.ts'
import { metadefValidators } from './metadef.schema.ts'
import { findNamespace } from './metadef.store.ts'

/** Upstream says it in two ways: these rules' calls in the second. */
const NAMES_DEFINITION = /^get_metadef_namespace$|_metadef_objects?$/

/** The namespace of the path, if the caller sees it and may do `rule` in it. */
export async function openNamespace(ctx: ImageContext, request: RouteRequest, rule: string, ...more: string[]): Promise<MetadefNamespacesTable> {
  const name = request.params['namespace']!
  const row = await findNamespace(ctx, name)
  if (row === undefined || !isVisible(ctx, row)) throw NAMES_DEFINITION.test(rule) ? errors.DefinitionNotFound({ name }) : errors.NamespaceNotFound({ name })
  for (const each of [rule, ...more]) permitIn(ctx, each, row)
  return row
}

export function isVisible(ctx: ImageContext, row: MetadefNamespacesTable): boolean {
  return row.owner === null || row.visibility === 'public' || row.owner === ctx.identity.project?.id || may(ctx, 'context_is_admin')
}

/** 404 where the caller may not even look. */
function permitIn(ctx: ImageContext, rule: string, row: MetadefNamespacesTable): void {
  const target = namespaceTarget(row)
  if (may(ctx, rule, target)) return
  if (!may(ctx, 'get_metadef_namespace', target)) throw errors.NotFound()
  authorise(ctx, rule, target)
}

export function namespaceTarget(row: MetadefNamespacesTable): Record<string, unknown> {
  return { project_id: row.owner ?? undefined, visibility: row.visibility }
}

/** Throws for a protected namespace: nothing in it may be deleted. */
export function refuseProtected(row: MetadefNamespacesTable, what: string, name: string): void {
  if (row.protected === 1) throw errors.NotAllowed({ message: `Metadata definition ${what} ${name} is protected and cannot be deleted.` })
}

/** The body, checked against one of the documents. */
export function readBody(request: RouteRequest, kind: keyof typeof metadefValidators): Record<string, unknown> {
  const body: unknown = request.body
  if (body === undefined) throw errors.BodyExpected()
  if (typeof body === 'object' && body !== null) {
    const readOnly = kind === 'namespace' || kind === 'object' ? ['self', 'schema', 'created_at', 'updated_at'] : ['created_at', 'updated_at']
    for (const name of readOnly) if (name in body) throw errors.ReadOnly({ name })
  }
  const fault = findFault(metadefValidators[kind], body)
  if (fault !== undefined) throw errors.NoMatch({ schema: kind, reason: fault.message })
  if (kind === 'object') checkProperties(body as Record<string, unknown>)
  return body as Record<string, unknown>
}

/** The properties of an object are each held to what a property may be: its own schema names no more than the types. */
export function checkProperties(object: Record<string, unknown>): void {
  for (const [name, property] of Object.entries((object['properties'] as Record<string, object> | undefined) ?? {})) {
    const fault = findFault(metadefValidators.property, { ...property, name })
    if (fault !== undefined) throw errors.NoMatch({ schema: 'property', reason: fault.message })
  }
}

export interface PageAsked { sort: SortKey[]; limit: number | undefined; marker: string | undefined }

/** Paging of lists whose order is by time or name. */
export function readPage(query: URLSearchParams, unique: string, sortable: string[]): PageAsked {
  const direction = query.get('sort_dir') ?? 'desc'
  if (direction !== 'asc' && direction !== 'desc') throw errors.Invalid({ message: `Invalid sort direction: ${direction}` })
  const key = query.get('sort_key') ?? 'created_at'
  if (!sortable.includes(key)) throw errors.Invalid({ message: 'Sort key supplied was not valid.' })
  const text = query.get('limit') ?? ''
  if (text !== '' && !/^\s*[+-]?\d+\s*$/.test(text)) throw errors.Invalid({ message: 'limit param must be an integer' })
  if (Number(text) < 0) throw errors.Invalid({ message: 'limit param must be positive' })
  const marker = query.get('marker') ?? ''
  return { sort: [...new Set([key, 'created_at', unique])].map((column) => ({ column, direction })), limit: text === '' ? undefined : Number(text), marker: marker === '' ? undefined : marker }
}
