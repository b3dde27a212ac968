/** Makes the viewer of a reply: asks each permission once, and hosts only for those who may see their status. */
import { may } from '#core/http/context.ts'
import type { RouteRequest } from '#core/http/route.ts'
import type { ComputeContext } from '../context.ts'
import { isHostUp, listHosts } from '../hosts/host.store.ts'
import { linksOf } from '../links.ts'
import { serverName } from './server-name.ts'
import { serverRules } from './server.versions.ts'
import type { Viewer } from './server.view.ts'

export async function viewerOf(ctx: ComputeContext, request: Pick<RouteRequest, 'baseUrl' | 'path' | 'version'>, projectId?: string): Promise<Viewer> {
  const target = projectId === undefined ? undefined : { project_id: projectId }
  return {
    links: linksOf(ctx, request as RouteRequest),
    extendedAttributes: may(ctx, 'os_compute_api:os-extended-server-attributes', target),
    flavorExtraSpecs: may(ctx, 'os_compute_api:servers:show:flavor-extra-specs', target),
    faultDetails: may(ctx, 'context_is_admin'),
    hostStatus: serverRules(request.version).showsHostStatus ? await hostStatuses(ctx, target) : undefined,
    nameOf: (number) => serverName(ctx, number),
    flavors: new Map(), hostIds: new Map(),
  }
}

/** What of a viewer shows in a server beside the server itself; the status of its host belongs to the row's stamp. */
export function viewerScope({ links, extendedAttributes, flavorExtraSpecs, faultDetails, hostStatus }: Viewer): string {
  return [links.self, links.bookmark, extendedAttributes, flavorExtraSpecs, faultDetails, hostStatus !== undefined].join(' ')
}

async function hostStatuses(ctx: ComputeContext, target: { project_id: string } | undefined): Promise<Viewer['hostStatus']> {
  const all = may(ctx, 'os_compute_api:servers:show:host_status', target)
  if (!all && !may(ctx, 'os_compute_api:servers:show:host_status:unknown-only', target)) return undefined
  const statuses = new Map((await listHosts(ctx)).map((row) => [row.host, row.disabled === 1 ? 'MAINTENANCE' : isHostUp(ctx, row) ? 'UP' : row.forced_down === 1 ? 'DOWN' : 'UNKNOWN']))
  return (host) => {
    if (host === null) return all ? '' : undefined
    const status = statuses.get(host) ?? 'UNKNOWN'
    return all || status === 'UNKNOWN' ? status : undefined
  }
}
