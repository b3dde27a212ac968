/** A service's routes as OpenAPI 3.1: made from the same objects that route and validate, so it cannot lie. */
import type { Route } from '#core/http/route.ts'
import { PUBLIC } from '#core/http/route.ts'
import type { TSchema } from '#core/schema/schema.ts'
import type { ServiceDefinition } from '#core/service/service.ts'
import type { ShapeVersions } from '#core/versions/versions.ts'

type Json = Record<string, unknown>

export function openapiOf(definition: ServiceDefinition): Json {
  const paths: Record<string, Record<string, Json>> = {}
  for (const route of definition.routes) {
    const path = route.path.replaceAll(/:([A-Za-z_]+)(\([^)]*\))?/g, '{$1}') || '/'
    const methods = (paths[path] ??= {})
    const key = route.method.toLowerCase()
    // OpenAPI has one operation per path and method: an older version of the same route is told beside it.
    if (methods[key] === undefined) methods[key] = operation(definition, route)
    else ((methods[key]['x-other-versions'] ??= []) as Json[]).push({ versions: span(definition, route), ...policyOf(route) })
  }
  const version = definition.versions === undefined ? '' : `${definition.versions.major}.${definition.versions.max}`
  return { openapi: '3.1.0', info: { title: `${definition.name} API`, version: version === '' ? definition.path : version }, paths: sorted(paths) }
}

function operation(definition: ServiceDefinition, route: Route): Json {
  const schema = route.body === undefined ? undefined : latest(definition, route.body)
  return {
    ...policyOf(route), ...(span(definition, route) === undefined ? {} : { 'x-versions': span(definition, route) }),
    ...(schema === undefined ? {} : { requestBody: { content: { 'application/json': { schema } } } }),
    responses: { [String(route.status ?? 200)]: { description: 'success' } },
  }
}

function latest(definition: ServiceDefinition, body: TSchema | ShapeVersions): unknown {
  const schema = 'schemaFor' in body && typeof body.schemaFor === 'function' ? (body as ShapeVersions).schemaFor(definition.versions?.max ?? 0) : body
  return schema === undefined ? undefined : JSON.parse(JSON.stringify(schema))
}

function policyOf(route: Route): Json {
  if (typeof route.policy === 'string') return { 'x-policy': route.policy }
  return route.policy === PUBLIC ? { security: [] } : { 'x-policy': (route.policy as { rules: readonly string[] }).rules }
}

function span(definition: ServiceDefinition, route: Route): string | undefined {
  const range = definition.versions
  if (range === undefined || (route.from <= range.min && route.to >= range.max)) return undefined
  return `${range.major}.${Math.max(route.from, range.min)}-${range.major}.${Math.min(route.to, range.max)}`
}

function sorted<T>(object: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => a.localeCompare(b)))
}
