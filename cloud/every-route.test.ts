/**
 * Bad input: every route of every service is thrown requests that are wrong in all ways we know, by an
 * administrator (so nothing is hidden behind a refusal). The answer is never a 5xx, and is in the service's dialect.
 * A failure prints the request; put it into the owner's tests, and mend it there.
 */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Route } from '#core/http/route.ts'
import type { ShapeVersions } from '#core/versions/versions.ts'
import type { TSchema } from '#core/schema/schema.ts'
import { startTestCloud, type TestCloud } from '#testkit/test-cloud.ts'
import { ADMIN } from '#testkit/tokens.ts'
import { SERVICES } from '#cloud/catalog.ts'

const RUNS = Number(process.env['NACRE_HOSTILE_RUNS'] ?? 25)
const UUID = '6b1c8d2e-0d5b-4a53-9c1f-0c5d4f8f2a11'

const word = fc.oneof(fc.constant(UUID), fc.constant(UUID.replaceAll('-', '')), fc.constant(''), fc.constant('null'), fc.constant('-1'), fc.constant('latest'), fc.constant('9'.repeat(30)), fc.constant("x' or 1=1 --"),
  fc.constant('%00'), fc.constant('__proto__'), fc.constant('constructor'), fc.string({ maxLength: 20 }), fc.string({ unit: 'grapheme', maxLength: 10 }), fc.constant('x'.repeat(5000)), fc.constant('10.0.0.0/24'), fc.constant('2026-11-20T00:00:00Z'))
const scalar = fc.oneof(word, fc.integer(), fc.double(), fc.boolean(), fc.constant(null), fc.constant(1e300), fc.constant(-(2 ** 63)))
const json = fc.letrec((tie) => ({
  any: fc.oneof({ maxDepth: 3, withCrossShrink: true }, scalar, fc.array(tie('any'), { maxLength: 3 }), fc.dictionary(word, tie('any'), { maxKeys: 3 })),
})).any

interface Json { type?: string; properties?: Record<string, Json>; items?: Json; anyOf?: Json[]; enum?: unknown[]; const?: unknown }

/** Something near the schema: its own keys, with values that are right or wrong by chance. */
function near(schema: Json | undefined, depth = 0): fc.Arbitrary<unknown> {
  if (schema === undefined || depth > 5) return json
  if (schema.const !== undefined) return fc.oneof(fc.constant(schema.const), json)
  if (schema.enum !== undefined && schema.enum.length > 0) return fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...schema.enum) }, json)
  if (schema.anyOf !== undefined && schema.anyOf.length > 0) return fc.oneof(...schema.anyOf.map((s) => near(s, depth + 1)))
  if (schema.properties !== undefined) {
    const entries = Object.entries(schema.properties).map(([key, value]) => [key, near(value, depth + 1)] as const)
    return fc.oneof({ weight: 8, arbitrary: fc.record(Object.fromEntries(entries), { requiredKeys: [] }) }, json)
  }
  if (schema.type === 'array') return fc.oneof(fc.array(near(schema.items, depth + 1), { maxLength: 3 }), json)
  if (schema.type === 'string') return fc.oneof({ weight: 4, arbitrary: word }, json)
  if (schema.type === 'integer' || schema.type === 'number') return fc.oneof({ weight: 4, arbitrary: fc.integer() }, json)
  if (schema.type === 'boolean') return fc.oneof({ weight: 4, arbitrary: fc.boolean() }, json)
  return json
}

function schemaOf(route: Route, version: number): Json | undefined {
  const body = route.body as (TSchema & { schemaFor?: ShapeVersions['schemaFor'] }) | undefined
  return (typeof body?.schemaFor === 'function' ? body.schemaFor(version) : body) as Json | undefined
}

function requests(route: Route, max: number): fc.Arbitrary<{ path: string; query: string; body: unknown; raw: string | undefined; version: number }> {
  const names = [...route.path.matchAll(/:([A-Za-z_]+)/g)].map((m) => m[1]!)
  return fc.record({
    params: fc.array(word, { minLength: names.length, maxLength: names.length }),
    query: fc.dictionary(fc.oneof(word, fc.constantFrom('limit', 'marker', 'sort_key', 'sort_dir', 'sort', 'name', 'status', 'fields', 'changes-since', 'all_tenants', 'id', 'tags', 'member_of', 'resources', 'required')), word, { maxKeys: 3 }),
    body: near(schemaOf(route, max)),
    raw: fc.option(fc.constantFrom('{', '[]', 'null', '"x"', '1', '{"a":{"a":{}}}', '\u0000'), { nil: undefined, freq: 5 }),
    version: fc.integer({ min: Math.max(1, route.from), max: Math.min(max, route.to) }),
  }).map(({ params, query, body, raw, version }) => {
    let at = 0
    const path = route.path.replaceAll(/:([A-Za-z_]+)(\([^)]*\))?/g, () => encodeURIComponent(params[at++] || 'x'))
    return { path, query: new URLSearchParams(query).toString(), body, raw, version }
  })
}

let test: TestCloud
beforeAll(async () => { test = await startTestCloud() })
afterAll(async () => { await test.stop() })

describe.each(SERVICES.map((s) => s.name))('whatever comes in, %s', (name) => {
  it('answers every route without falling over', async () => {
    const { definition, pipeline } = test.cloud.services.get(name)!
    const range = definition.versions
    for (const route of pipeline.routes) {
      if (route.bodyMode === 'stream') continue
      await fc.assert(fc.asyncProperty(requests(route, range?.max ?? 1), async ({ path, query, body, raw, version }) => {
        const withBody = !['GET', 'HEAD', 'DELETE'].includes(route.method)
        const headers: Record<string, string> = range === undefined ? {} : { 'openstack-api-version': `${range.serviceType} ${range.major}.${version}` }
        const answer = await test.api(name, ADMIN).request(route.method, query === '' ? path : `${path}?${query}`, withBody ? (raw ?? body) : undefined, headers)
        expect(answer.status, `${route.method} ${path}?${query} ${version} ${JSON.stringify(raw ?? body)} → ${answer.text}`).toBeLessThan(500)
      }), { numRuns: RUNS, endOnFailure: true })
    }
  }, 180_000)
})
