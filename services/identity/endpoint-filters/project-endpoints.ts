/** Which endpoints a project may see: its own list and those of its endpoint groups; undefined when it has neither and sees all. */
import { listEndpoints } from '../catalog/catalog.store.ts'
import type { IdentityContext } from '../context.ts'
import type { EndpointRow } from '../database.ts'
import { listAllFilters } from './endpoint-filter.store.ts'
import { filtersOf, type EndpointFilters } from './endpoint-group.view.ts'

export function matchesFilters(endpoint: EndpointRow, filters: EndpointFilters): boolean {
  return Object.entries(filters).every(([key, value]) => endpoint[key as keyof EndpointFilters] === value)
}

export async function endpointsOfProject(ctx: IdentityContext, projectId: string): Promise<ReadonlySet<string> | undefined> {
  const byProject = await ctx.clients.memory.recall('endpoint filters', ctx.clock.now(), () => load(ctx))
  return byProject.get(projectId)
}

async function load(ctx: IdentityContext): Promise<Map<string, Set<string>>> {
  const byProject = new Map<string, Set<string>>()
  const { endpoints, groups } = await listAllFilters(ctx)
  const add = (projectId: string, endpointId: string): void => {
    const known = byProject.get(projectId)
    if (known === undefined) byProject.set(projectId, new Set([endpointId]))
    else known.add(endpointId)
  }
  for (const row of endpoints) add(row.project_id, row.endpoint_id)
  const all = groups.length > 0 ? await listEndpoints(ctx, {}) : []
  for (const group of groups) {
    const filters = filtersOf(group)
    for (const endpoint of all) if (matchesFilters(endpoint, filters)) add(group.project_id, endpoint.id)
  }
  return byProject
}
