/**
 * Every path of compute may carry the project: `/v2.1/<project>/servers`. The route knows one form; the other is
 * folded into it before routing, and the project is compared with the token's. `/v2` is the same API under its
 * older name.
 */
import type { ContextBase } from '#core/http/context.ts'
import type { Route, RouteRequest } from '#core/http/route.ts'
import { errors } from './errors.ts'

/** First words of compute's resources; anything else there is a project. */
function isResource(word: string): boolean {
  return word.startsWith('os-') || RESOURCES.has(word)
}
const RESOURCES = new Set(['servers', 'flavors', 'images', 'limits', 'extensions', 'versions', 'os_interface'])

/** Where upstream has no route: its paths end without a slash, so that `/v2.1/images/` is neither the list nor an image. */
const NOWHERE = '/-'

/** `/v2/<project>/servers` → `/v2.1/servers`. */
export function foldPath(path: string): string {
  const folded = withoutProject(path)
  return folded.endsWith('/') && folded.split('/').length > 3 ? NOWHERE : folded
}

function withoutProject(path: string): string {
  const parts = path.split('/')
  if (parts[1] !== 'v2.1' && parts[1] !== 'v2') return path
  const versioned = parts.length > 2 && parts[2] !== '' ? 'v2.1' : parts[1]
  const rest = parts.length > 3 && !isResource(parts[2]!) ? parts.slice(3) : parts.slice(2)
  return `/${[versioned, ...rest].join('/')}`
}

function projectIn(path: string): string | undefined {
  const parts = path.split('/')
  return (parts[1] === 'v2.1' || parts[1] === 'v2') && parts.length > 3 && !isResource(parts[2]!) ? parts[2] : undefined
}

/** The same route, refusing a path that names another project than the token does. */
export function withProjectCheck(route: Route): Route {
  const inner = route.handler as unknown as (ctx: ContextBase, request: RouteRequest) => unknown
  function handler(ctx: ContextBase, request: RouteRequest): unknown {
    const project = projectIn(request.path)
    const own = ctx.identity.project?.id
    if (project !== undefined && own !== undefined && project !== own) throw errors.UrlProjectMismatch({ url: project, own })
    return inner(ctx, request)
  }
  return { ...route, handler: handler as never }
}
