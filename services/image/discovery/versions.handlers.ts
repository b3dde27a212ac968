/** Version discovery: a list at `/` (300) and at `/versions` (200), as a site with one file store answers. */
import { reply, type Reply } from '#core/http/message.ts'
import type { RouteRequest } from '#core/http/route.ts'
import type { ImageContext } from '../context.ts'

const CURRENT = 'v2.15'
/** Versions 2.8 and 2.10 to 2.14 stand for several stores and the image cache. */
const SUPPORTED = ['v2.9', 'v2.7', 'v2.6', 'v2.5', 'v2.4', 'v2.3', 'v2.2', 'v2.1', 'v2.0']

function versionList(request: RouteRequest): object {
  const href = `${request.baseUrl}/`
  const version = (id: string, status: string): object => ({ id, status, links: [{ rel: 'self', href }] })
  return { versions: [version(CURRENT, 'CURRENT'), ...SUPPORTED.map((id) => version(id, 'SUPPORTED'))] }
}

export function showRoot(_ctx: ImageContext, request: RouteRequest): Reply {
  return reply({ status: 300, body: versionList(request) })
}

export function listVersions(_ctx: ImageContext, request: RouteRequest): object {
  return versionList(request)
}
