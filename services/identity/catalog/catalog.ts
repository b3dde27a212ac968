/**
 * The catalog a token carries: the enabled services with their enabled endpoints, each address filled in for the
 * project at hand. An address that asks for a project where there is none, or for something unknown, is left out.
 */
import type { IdentityContext } from '../context.ts'
import type { EndpointRow, ServiceRow } from '../database.ts'
import { endpointsOfProject } from '../endpoint-filters/project-endpoints.ts'
import { listEndpoints, listServices } from './catalog.store.ts'

export interface CatalogEndpoint { id: string; interface: string; region: string | null; region_id: string | null; url: string }
export interface CatalogService { id: string; type: string; name: string; endpoints: CatalogEndpoint[] }

interface Stored { services: ServiceRow[]; endpoints: Map<string, EndpointRow[]> }

export async function catalogFor(ctx: IdentityContext, userId: string, projectId: string | undefined): Promise<CatalogService[]> {
  const stored = await ctx.clients.memory.recall('catalog', ctx.clock.now(), () => load(ctx))
  const allowed = projectId === undefined ? undefined : await endpointsOfProject(ctx, projectId)
  const services: CatalogService[] = []
  for (const service of stored.services) {
    const endpoints: CatalogEndpoint[] = []
    for (const e of stored.endpoints.get(service.id) ?? []) {
      const url = allowed === undefined || allowed.has(e.id) ? fillUrl(e.url, userId, projectId) : undefined
      if (url !== undefined) endpoints.push({ id: e.id, interface: e.interface, region: e.region_id, region_id: e.region_id, url })
    }
    if (allowed === undefined || endpoints.length > 0) services.push({ endpoints, id: service.id, type: service.type, name: service.name ?? '' })
  }
  return services
}

async function load(ctx: IdentityContext): Promise<Stored> {
  const services = await listServices(ctx, { enabled: true })
  const endpoints = new Map<string, EndpointRow[]>()
  for (const endpoint of await listEndpoints(ctx, {})) {
    if (endpoint.enabled !== 1) continue
    const list = endpoints.get(endpoint.service_id)
    if (list === undefined) endpoints.set(endpoint.service_id, [endpoint])
    else list.push(endpoint)
  }
  return { services, endpoints }
}

const KNOWN = ['tenant_id', 'project_id', 'user_id']
/** Names upstream also lets an address use; a cloud of this kind has no value for them. */
const TOLERATED = ['public_bind_host', 'admin_bind_host', 'compute_host', 'admin_port', 'public_port', 'public_endpoint', 'admin_endpoint']
const PLACEHOLDER = /[$%]\(([^)]*)\)s/g

function fillUrl(url: string, userId: string, projectId: string | undefined): string | undefined {
  if (!url.includes('$(') && !url.includes('%')) return url
  const values: Record<string, string | undefined> = { tenant_id: projectId, project_id: projectId, user_id: userId }
  let complete = true
  const filled = url.replaceAll(PLACEHOLDER, (_, name: string) => {
    if (values[name] === undefined) complete = false
    return values[name] ?? ''
  })
  return complete ? filled.replaceAll('%%', '%') : undefined
}

/** Whether every placeholder of an endpoint's address is one that may stand there. */
export function isEndpointUrl(url: string): boolean {
  const rest = url.replaceAll('%%', '').replaceAll(PLACEHOLDER, (whole, name: string) => (KNOWN.includes(name) || TOLERATED.includes(name) ? '' : whole))
  return !rest.includes('$(') && !rest.includes('%')
}
