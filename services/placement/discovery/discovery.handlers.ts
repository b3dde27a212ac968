/** `GET /`: the one version document. It needs no token, and its link is relative: the service knows no address. */
import type { RouteRequest } from '#core/http/route.ts'
import type { Reply } from '#core/http/message.ts'
import type { PlacementContext } from '../context.ts'
import { fresh } from '../freshness.versions.ts'
import { microversions } from '../microversions.ts'

export function showVersions(ctx: PlacementContext, request: RouteRequest): Reply {
  const { major, min, max } = microversions
  const document = {
    id: `v${major}.${min}`, min_version: `${major}.${min}`, max_version: `${major}.${max}`,
    status: 'CURRENT', links: [{ rel: 'self', href: '' }],
  }
  return fresh(ctx, request, { body: { versions: [document] } })
}
