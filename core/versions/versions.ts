/**
 * Microversions. Inside there is only the latest shape; an old version is a translation at the edge. A service
 * lists its range once (`microversions.ts`); each resource lists deltas (`*.versions.ts`):
 *
 *     export const serverVersions = shapeVersions({
 *       request: ServerCreate, deltas: [
 *         since('2.19', { request: added('server.description'), response: added('server.description') }),
 *         since('2.75', { lower: (body) => … }),
 *     ]})
 *
 * Read a delta as "since 2.19 there is …": a client that speaks less neither sees nor may send it. Core folds the
 * deltas into the schema of a negotiated version (once, cached), lifts an old request to the latest shape, and
 * lowers a reply. A version is a whole number inside: the part after the dot (2.90 → 90).
 */
import { httpErrors } from '#core/errors/errors.ts'
import type { TSchema } from '#core/schema/schema.ts'

export interface VersionRange {
  /** Word in `OpenStack-API-Version: compute 2.90`. */
  serviceType: string
  major: number
  min: number
  max: number
  /** Older header names that carry the bare number, lower case. */
  legacyHeaders?: string[]
}

export function minorOf(version: string): number {
  return Number(version.split('.')[1])
}

/** The version a request asks for; the minimum when it asks for none. Throws 400 or 406. */
export function negotiate(range: VersionRange, headers: Record<string, string | undefined>): number {
  const asked = askedVersion(range, headers)
  if (asked === undefined) return range.min
  if (asked === 'latest') return range.max
  const match = /^(\d+)\.(\d+)$/.exec(asked)
  if (match === null || (match[2]!.length > 1 && match[2]!.startsWith('0'))) {
    throw httpErrors.InvalidHeader({ message: `API Version String ${asked} is of invalid format. Must be of format MajorNum.MinorNum.` })
  }
  const [major, minor] = [Number(match[1]), Number(match[2])]
  if (major !== range.major || minor < range.min || minor > range.max) {
    const [min, max] = [`${range.major}.${range.min}`, `${range.major}.${range.max}`]
    throw httpErrors.VersionNotAcceptable({ version: asked, min, max }, { extra: { min_version: min, max_version: max } })
  }
  return minor
}

function askedVersion(range: VersionRange, headers: Record<string, string | undefined>): string | undefined {
  const header = headers['openstack-api-version']
  if (header !== undefined) {
    for (const part of header.split(',')) {
      const [type, version] = part.trim().split(/\s+/)
      if (type?.toLowerCase() === range.serviceType && version !== undefined) return version.toLowerCase()
    }
  }
  for (const name of range.legacyHeaders ?? []) {
    const value = headers[name]
    if (value !== undefined) return value.trim().toLowerCase()
  }
  return undefined
}

/** `'2.26-'`, `'-2.35'`, `'2.10-2.43'` → inclusive minors. */
export function parseSpan(span: string | undefined): { from: number; to: number } {
  const [from, to] = (span ?? '-').split('-')
  return { from: from ? minorOf(from) : 0, to: to ? minorOf(to) : Number.MAX_SAFE_INTEGER }
}

type Json = Record<string, unknown>

/** Paths such as `server.description` or `servers[].tags`. `keypair` alone names the top-level key. */
export interface Added { readonly paths: readonly string[] }

export function added(...paths: string[]): Added {
  return { paths }
}

export interface Change {
  /** Fields the request gained: refused (or unknown) before. */
  request?: Added
  /** Any other difference of the request schema: makes the older schema from the newer (a copy it may change). */
  olderSchema?: (schema: Json) => Json
  /** Older request body → newer. */
  lift?: (body: Json) => Json
  /** Fields the reply gained: not shown before. */
  response?: Added
  /** Newer reply body → older, for what is not a mere addition. */
  lower?: (body: Json) => Json
}

export interface Delta extends Change { readonly version: number }

export function since(version: string, change: Change): Delta {
  return { ...change, version: minorOf(version) }
}

export interface ShapeVersions {
  schemaFor(version: number): TSchema | undefined
  lift(version: number, body: unknown): unknown
  lower(version: number, body: unknown): unknown
}

/** Folds deltas; they may be listed in any order. */
export function shapeVersions(options: { request?: TSchema; deltas: Delta[] }): ShapeVersions {
  const newestFirst = [...options.deltas].sort((a, b) => b.version - a.version)
  const schemas = new Map<number, TSchema>()
  const lowering = new Map<number, (body: Json) => Json>()
  /** Versions between two deltas share everything: cache by the newest delta at or below. */
  const epoch = (version: number): number => newestFirst.find((d) => d.version <= version)?.version ?? 0
  return {
    schemaFor(version) {
      if (options.request === undefined) return undefined
      const key = epoch(version)
      let schema = schemas.get(key)
      if (schema === undefined) {
        schema = foldSchema(options.request, newestFirst.filter((d) => d.version > version))
        schemas.set(key, schema)
      }
      return schema
    },
    lift(version, body) {
      let lifted = body as Json
      for (const delta of [...newestFirst].reverse()) {
        if (delta.version > version && delta.lift !== undefined) lifted = delta.lift(lifted)
      }
      return lifted
    },
    lower(version, body) {
      const key = epoch(version)
      let fold = lowering.get(key)
      if (fold === undefined) {
        fold = foldLowering(newestFirst.filter((d) => d.version > version))
        lowering.set(key, fold)
      }
      return fold(body as Json)
    },
  }
}

function foldSchema(latest: TSchema, newerFirst: Delta[]): TSchema {
  if (newerFirst.every((d) => d.request === undefined && d.olderSchema === undefined)) return latest
  let schema = structuredClone(latest) as unknown as Json
  for (const delta of newerFirst) {
    for (const path of delta.request?.paths ?? []) dropFromSchema(schema, path.split('.'))
    if (delta.olderSchema !== undefined) schema = delta.olderSchema(schema)
  }
  return schema as unknown as TSchema
}

function dropFromSchema(schema: Json, path: string[]): void {
  const [head, ...rest] = path as [string, ...string[]]
  const name = head.replace('[]', '')
  const properties = schema['properties'] as Json | undefined
  if (properties === undefined || !(name in properties)) throw new Error(`no ${name} in the schema to take away`)
  if (rest.length > 0) {
    const child = properties[name] as Json
    dropFromSchema(head.endsWith('[]') ? (child['items'] as Json) : child, rest)
    return
  }
  delete properties[name]
  const required = schema['required'] as string[] | undefined
  if (required !== undefined) schema['required'] = required.filter((r) => r !== name)
}

interface DropTree { drop: Set<string>; into: Map<string, DropTree> }

function foldLowering(newerFirst: Delta[]): (body: Json) => Json {
  const tree: DropTree = { drop: new Set(), into: new Map() }
  for (const delta of newerFirst) for (const path of delta.response?.paths ?? []) plant(tree, path.split('.'))
  const functions = newerFirst.flatMap((d) => (d.lower === undefined ? [] : [d.lower]))
  const prunes = tree.drop.size > 0 || tree.into.size > 0
  return (body) => {
    let lowered = body
    for (const lower of functions) lowered = lower(lowered)
    return prunes ? (prune(lowered, tree) as Json) : lowered
  }
}

function plant(tree: DropTree, path: string[]): void {
  const [head, ...rest] = path as [string, ...string[]]
  const name = head.replace('[]', '')
  if (rest.length === 0) {
    tree.drop.add(name)
    return
  }
  let next = tree.into.get(name)
  if (next === undefined) tree.into.set(name, (next = { drop: new Set(), into: new Map() }))
  plant(next, rest)
}

function prune(value: unknown, tree: DropTree): unknown {
  if (Array.isArray(value)) return value.map((item) => prune(item, tree))
  if (value === null || typeof value !== 'object') return value
  const kept: Json = {}
  for (const key in value) {
    if (tree.drop.has(key)) continue
    const next = tree.into.get(key)
    const item = (value as Json)[key]
    kept[key] = next === undefined ? item : prune(item, next)
  }
  return kept
}
