import { describe, expect, it } from 'vitest'
import { Type, type TSchema } from '#core/schema/schema.ts'
import { added, negotiate, shapeVersions, since } from './versions.ts'

const range = { serviceType: 'compute', major: 2, min: 1, max: 93, legacyHeaders: ['x-openstack-nova-api-version'] }

describe('negotiation', () => {
  it.each<[Record<string, string>, number]>([
    [{}, 1], [{ 'openstack-api-version': 'compute 2.90' }, 90], [{ 'openstack-api-version': 'placement 1.2, compute 2.10' }, 10],
    [{ 'x-openstack-nova-api-version': '2.8' }, 8], [{ 'openstack-api-version': 'compute latest' }, 93], [{ 'openstack-api-version': 'volume 3.50' }, 1],
  ])('%j → %i', (headers, wanted) => { expect(negotiate(range, headers)).toBe(wanted) })

  it.each<[string, number]>([['2.94', 406], ['3.1', 406], ['2.0', 406], ['2', 400], ['2.01', 400], ['x', 400]])('%s is refused with %i', (version, status) => {
    expect(() => negotiate(range, { 'openstack-api-version': `compute ${version}` })).toThrow(expect.objectContaining({ status }))
  })
})

describe('shapes', () => {
  const Thing = Type.Object({ thing: Type.Object({ name: Type.String(), description: Type.Optional(Type.String()), tags: Type.Optional(Type.Array(Type.String())) }, { additionalProperties: false }) })
  const versions = shapeVersions({
    request: Thing,
    deltas: [
      since('2.19', { request: added('thing.description'), response: added('thing.description', 'things[].description') }),
      since('2.26', { request: added('thing.tags'), response: added('thing.tags', 'things[].tags') }),
      since('2.50', { lower: (body) => ({ ...body, old: true }) }),
    ],
  })
  const properties = (version: number): string[] => Object.keys((versions.schemaFor(version) as TSchema & { properties: { thing: { properties: object } } }).properties.thing.properties)

  it('folds the request schema', () => {
    expect(properties(1)).toEqual(['name'])
    expect(properties(19)).toEqual(['name', 'description'])
    expect(properties(93)).toEqual(['name', 'description', 'tags'])
  })
  it('lowers replies, in objects and in lists, without touching the original', () => {
    const body = { thing: { name: 'a', description: 'd', tags: [] } }
    expect(versions.lower(1, body)).toEqual({ thing: { name: 'a' }, old: true })
    expect(versions.lower(30, { things: [body.thing] })).toEqual({ things: [body.thing], old: true })
    expect(versions.lower(93, body)).toBe(body)
    expect(body.thing.tags).toEqual([])
  })
})
