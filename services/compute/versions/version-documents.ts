/** The documents clients read first: which versions there are, and where. No token is needed. */
import type { RouteRequest } from '#core/http/route.ts'
import { inHandler, PUBLIC, route } from '#core/http/route.ts'
import { errors } from '../errors.ts'
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

function spokenIn(request: RouteRequest): keyof typeof VERSIONS {
  return /^\/v2(\/|$)/.test(request.path) ? 'v2' : 'v2.1'
}

function versionView(request: RouteRequest, { media, ...v }: (typeof VERSIONS)[keyof typeof VERSIONS]): object {
  return {
    version: {
      ...v, links: [{ rel: 'self', href: `${originOf(request)}/${spokenIn(request)}/` }, { rel: 'describedby', type: 'text/html', href: 'http://docs.openstack.org/' }],
      'media-types': mediaTypes(media),
    },
  }
}

function showVersion(_ctx: unknown, request: RouteRequest): object {
  return versionView(request, VERSIONS[spokenIn(request)])
}
/** The same documents by name, for those who have a token. The older API knows itself alone, whatever name is asked. */
function showNamedVersion(_ctx: unknown, request: RouteRequest): object {
  const id = spokenIn(request) === 'v2' ? 'v2.0' : request.params['id']
  const named = Object.values(VERSIONS).find((version) => version.id === id)
  if (named === undefined) throw errors.NotFound({ message: 'The resource could not be found.' })
  return versionView(request, named)
}

export const versionRoutes = [
  route('GET', '/', listVersions, { policy: PUBLIC }),
  route('GET', '/v2.1', showVersion, { policy: PUBLIC }),
  route('GET', '/v2', showVersion, { policy: PUBLIC }),
  route('GET', '/v2.1/versions/:id', showNamedVersion, { policy: inHandler() }),
]
