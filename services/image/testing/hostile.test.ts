import fc from 'fast-check'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '#testkit/databases.ts'
import { client } from '#testkit/http.ts'
import { ADMIN, MEMBER } from '#testkit/tokens.ts'
import { imageRoutes } from '../routes.ts'
import { startImageBench } from './image-bench.ts'

type Image = Record<string, unknown> & { id: string; name: string | null; size: number | null }
type Listed = { images: Image[]; next?: string }

describe.each(databases)('hostile and odd input on %s', (_name, locate) => {
  let bench: Awaited<ReturnType<typeof startImageBench>>
  let imageId = ''

  beforeAll(async () => {
    bench = await startImageBench({ database: await locate() })
    imageId = (await client(bench.pipeline, MEMBER).post<Image>('/v2/images', { disk_format: 'raw', container_format: 'bare' })).body.id
    await client(bench.pipeline, ADMIN).post('/v2/metadefs/namespaces', { namespace: 'ns', visibility: 'public', objects: [{ name: 'known' }], tags: [{ name: 'known' }], properties: { known: { title: 't', type: 'string' } } })
  })
  afterAll(async () => { await bench.stop() })

  const word = fc.oneof(fc.string({ maxLength: 40 }), fc.constantFrom('known', 'ns', '', '__proto__', 'null', '\0', '🐟', 'x'.repeat(300), "'; drop table images; --", '%', '../..', '\ud800'))
  const json = fc.jsonValue({ maxDepth: 3 })
  const patch = fc.array(fc.oneof(json, fc.record({ op: fc.constantFrom('add', 'replace', 'remove', 'move'), path: fc.oneof(word, word.map((w) => `/${w}`)), value: fc.oneof(json, word) }, { requiredKeys: [] })), { maxLength: 4 })
  const body = fc.oneof(json, patch, word, fc.dictionary(fc.oneof(word, fc.constantFrom('name', 'tags', 'visibility', 'min_disk', 'id', 'owner', 'member', 'status', 'method', 'disk_format', 'namespace', 'title', 'type', 'properties', 'objects', 'prefix')), fc.oneof(word, json)))
  const query = fc.array(fc.tuple(fc.oneof(word, fc.constantFrom('limit', 'marker', 'sort', 'sort_key', 'sort_dir', 'name', 'size_min', 'created_at', 'tag', 'visibility', 'owner', 'size')), fc.oneof(word, fc.constantFrom('in:a,b', 'gt:2020-01-01T00:00:00Z', '9'.repeat(30), '-1', 'name:asc'))), { maxLength: 4 })

  test('no request makes it fail', async () => {
    const routes = imageRoutes.filter((r) => r.method !== 'DELETE')
    await fc.assert(fc.asyncProperty(fc.constantFrom(...routes), body, query, word, fc.constantFrom(ADMIN, MEMBER), async (route, content, params, name, token) => {
      const path = route.path.replace(':image_id', fc.sample(fc.constantFrom(imageId, imageId, 'absent'), 1)[0]!).replace(':namespace', 'ns').replaceAll(/:\w+/g, () => safeUri(name))
      const answer = await bench.pipeline.handle({
        method: route.method, path, query: new URLSearchParams(params.map(([k, v]): [string, string] => [k, v])).toString(), origin: 'http://cloud.test', body: JSON.stringify(content) ?? '',
        ...(route.bodyMode === 'stream' ? { stream: Readable.from([Buffer.from('data')]) } : {}),
        headers: {
          'x-auth-token': token, accept: 'application/json', range: fc.sample(word, 1)[0]!,
          'content-type': route.bodyMode === 'stream' ? 'application/octet-stream' : route.method === 'PATCH' ? 'application/openstack-images-v2.1-json-patch' : 'application/json',
        },
      })
      if (answer.body instanceof Readable) answer.body.destroy()
      expect(answer.status).toBeLessThan(500)
    }), { numRuns: 1000 })
    await bench.settled()
  })

  test('pages put together are the list, whatever the order', async () => {
    const admin = client(bench.pipeline, ADMIN)
    const tag = 'paged'
    for (let i = 0; i < 23; i += 1) {
      const { id } = (await admin.post<Image>('/v2/images', { name: i % 5 === 0 ? null : `n${i % 3}`, tags: [tag], disk_format: i % 4 === 0 ? null : 'raw', container_format: 'bare' })).body
      if (i % 2 === 0 && i % 4 !== 0) await bench.put(ADMIN, `/v2/images/${id}/file`, Buffer.alloc(i))
    }
    const key = fc.constantFrom('name', 'status', 'container_format', 'disk_format', 'size', 'id', 'created_at', 'updated_at')
    await fc.assert(fc.asyncProperty(fc.uniqueArray(fc.tuple(key, fc.constantFrom('asc', 'desc')), { minLength: 1, maxLength: 3, selector: ([k]) => k }), fc.integer({ min: 1, max: 9 }), async (sort, limit) => {
      const order = sort.map(([k, d]) => `${k}:${d}`).join(',')
      const whole = (await admin.get<Listed>(`/v2/images?tag=${tag}&limit=1000&sort=${order}`)).body.images.map((i) => i.id)
      const pages: string[] = []
      for (let next: string | undefined = `/v2/images?tag=${tag}&limit=${limit}&sort=${order}`; next !== undefined;) {
        const { body }: { body: Listed } = await admin.get<Listed>(next)
        pages.push(...body.images.map((i) => i.id))
        next = body.next
      }
      expect(whole).toHaveLength(23)
      expect(pages).toEqual(whole)
    }), { numRuns: 60 })
  })
})

function safeUri(text: string): string {
  try {
    return encodeURIComponent(text) || 'x'
  } catch {
    return 'x'
  }
}
