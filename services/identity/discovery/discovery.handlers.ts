/** The version documents every client reads first: `/` (300) and `/v3`, and the JSON-home form for those who ask. */
import { reply, type Reply } from '#core/http/message.ts'
import type { RouteRequest } from '#core/http/route.ts'
import type { IdentityContext } from '../context.ts'
import { jsonHome } from './json-home.ts'

const JSON_HOME = 'application/json-home'

export function listVersions(_ctx: IdentityContext, request: RouteRequest): Reply {
  if (wantsHome(request)) return home('/v3')
  return reply({ status: 300, headers: { location: `${request.baseUrl}/` }, body: { versions: { values: [version(request)] } } })
}

export function showVersion(_ctx: IdentityContext, request: RouteRequest): Reply {
  return wantsHome(request) ? home('') : reply({ body: { version: version(request) } })
}

function version(request: RouteRequest): object {
  return {
    id: 'v3.14', status: 'stable', updated: '2020-04-07T00:00:00Z', links: [{ rel: 'self', href: `${request.baseUrl}/` }],
    'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.identity-v3+json' }],
  }
}

function home(prefix: string): Reply {
  return reply({ headers: { 'content-type': JSON_HOME }, body: JSON.stringify(jsonHome(prefix)) })
}

function wantsHome(request: RouteRequest): boolean {
  const accept = request.headers['accept'] ?? ''
  return accept.includes(JSON_HOME) && !accept.includes('application/json,') && !/application\/json(;|$)/.test(accept)
}
