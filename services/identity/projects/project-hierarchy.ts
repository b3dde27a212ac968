/** The extra views of one project: parents and subtree, as lists (only what the caller has a role on) or as nested ids. */
import type { IdentityContext } from '../context.ts'
import type { ProjectRow } from '../database.ts'
import { errors } from '../errors.ts'
import { reachable } from '../role-assignments/reachable.ts'
import { isSet } from '../wire/filters.ts'
import { withSelf } from '../wire/links.ts'
import type { RouteRequest } from '#core/http/route.ts'
import { ancestorIds, listProjects, listSubtree, listTags } from './project.store.ts'
import { projectView } from './project.view.ts'

type Json = Record<string, unknown>
type Nested = { [id: string]: Nested | null }

export async function hierarchyOf(ctx: IdentityContext, request: RouteRequest, project: ProjectRow): Promise<Json> {
  const wanted = (name: string): boolean => isSet(request.query, name)
  for (const side of ['parents', 'subtree']) {
    if (wanted(`${side}_as_list`) && wanted(`${side}_as_ids`)) {
      throw errors.InvalidRequest({ message: `Cannot use ${side}_as_list and ${side}_as_ids query params at the same time.` })
    }
  }
  const view: Json = {}
  if (wanted('parents_as_list')) view['parents'] = await asList(ctx, request, await parentsOf(ctx, project))
  else if (wanted('parents_as_ids')) view['parents'] = ancestorIds(project).reduce<Nested | null>((inner, id) => ({ [id]: inner }), null)
  if (wanted('subtree_as_list')) view['subtree'] = await asList(ctx, request, await listSubtree(ctx, project))
  else if (wanted('subtree_as_ids')) view['subtree'] = nested(project.id, await listSubtree(ctx, project))
  return view
}

async function parentsOf(ctx: IdentityContext, project: ProjectRow): Promise<ProjectRow[]> {
  const ids = ancestorIds(project)
  const rows = await listProjects(ctx, { ids })
  return ids.toReversed().flatMap((id) => rows.find((row) => row.id === id) ?? [])
}

async function asList(ctx: IdentityContext, request: RouteRequest, rows: ProjectRow[]): Promise<Json[]> {
  const { projectIds } = await reachable(ctx, ctx.identity.user.id)
  const shown = rows.filter((row) => projectIds.has(row.id))
  const tags = await listTags(ctx, shown.map((row) => row.id))
  return shown.map((row) => ({ project: withSelf(request, `projects/${row.id}`, projectView(row, tags.get(row.id))) }))
}

function nested(id: string, subtree: ProjectRow[]): Nested | null {
  const children = subtree.filter((row) => row.parent_id === id)
  return children.length === 0 ? null : Object.fromEntries(children.map((child) => [child.id, nested(child.id, subtree)]))
}
