/** The documents clients read first: which versions there are, and where. No token is needed. */
import type { RouteRequest } from '#core/http/route.ts'
import { PUBLIC, route } from '#core/http/route.ts'
import { computeVersions } from '../microversions.ts'

const { major, min, max } = computeVersions

const VERSIONS = {
  v2: { id: 'v2.0', status: 'SUPPORTED', version: '', min_version: '', updated: '2011-01-21T11:33:21Z', media: 'application/vnd.openstack.compute+json;version=2' },
  'v2.1': { id: 'v2.1', status: 'CURRENT', version: `${major}.${max}`, min_version: `${major}.${min}`, updated: '2013-07-23T11:33:21Z', media: 'application/vnd.openstack.compute+json;version=2.1' },
} as const

function originOf(request: RouteRequest): string {
  return request.baseUrl.slice(0, -'/v2.1'.length)
}

function mediaTypes(media: string): object[] {
  return [{ base: 'application/json', type: media }]
}

function listVersions(_ctx: unknown, request: RouteRequest): object {
  const origin = originOf(request)
  return {
    versions: Object.entries(VERSIONS).map(([path, v]) => ({
      id: v.id, status: v.status, version: v.version, min_version: v.min_version, updated: v.updated, links: [{ rel: 'self', href: `${origin}/${path}/` }],
    })),
  }
}

function showVersion(_ctx: unknown, request: RouteRequest): object {
  const path = /^\/v2(\/|$)/.test(request.path) ? 'v2' : 'v2.1'
  const { media, ...v } = VERSIONS[path]
  return {
    version: {
      ...v, links: [{ rel: 'self', href: `${originOf(request)}/${path}/` }, { rel: 'describedby', type: 'text/html', href: 'http://docs.openstack.org/' }],
      'media-types': mediaTypes(media),
    },
  }
}


export const versionRoutes = [
  route('GET', '/', listVersions, { policy: PUBLIC }),
  route('GET', '/v2.1', showVersion, { policy: PUBLIC }),
  route('GET', '/v2', showVersion, { policy: PUBLIC }),
]
