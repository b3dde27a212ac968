/** Which projects may use a private flavor. */
import { authorise } from '#core/http/context.ts'
import type { RouteRequest } from '#core/http/route.ts'
import type { ComputeContext } from '../context.ts'
import { errors } from '../errors.ts'
import { getFlavor, listFlavorProjects, removeFlavorProject, type FlavorRow } from './flavor.store.ts'
import { grantFlavor } from './grant-flavor.ts'
import { flavorRules } from './flavor.versions.ts'
import { accessView } from './flavor.view.ts'

interface AccessBody { addTenantAccess?: { tenant: string }; removeTenantAccess?: { tenant: string } }

export async function listAccess(ctx: ComputeContext, request: RouteRequest): Promise<object> {
  const flavor = await known(ctx, request.params['id']!)
  if (flavor.is_public === 1) throw errors.NotFound({ message: 'Access list not available for public flavors.' })
  return accessView(flavor.flavorid, await listFlavorProjects(ctx, flavor.flavorid))
}

export async function flavorAction(ctx: ComputeContext, request: RouteRequest<AccessBody>): Promise<object> {
  const { addTenantAccess, removeTenantAccess } = request.body
  if (addTenantAccess !== undefined) return await grant(ctx, request, addTenantAccess.tenant)
  return await revoke(ctx, request, removeTenantAccess!.tenant)
}

async function grant(ctx: ComputeContext, request: RouteRequest<AccessBody>, project: string): Promise<object> {
  authorise(ctx, 'os_compute_api:os-flavor-access:add_tenant_access', {})
  if (!(await ctx.clients.identity.projectExists(ctx, project))) throw errors.ProjectInvalid({ project })
  const flavor = await known(ctx, request.params['id']!)
  if (flavor.is_public === 1 && flavorRules(request.version).publicAccessRefused) throw errors.Conflict({ message: 'Can not add access to a public flavor.' })
  await grantFlavor(ctx, flavor.flavorid, project)
  return accessView(flavor.flavorid, await listFlavorProjects(ctx, flavor.flavorid))
}

/** The project need not exist any more. */
async function revoke(ctx: ComputeContext, request: RouteRequest<AccessBody>, project: string): Promise<object> {
  authorise(ctx, 'os_compute_api:os-flavor-access:remove_tenant_access', {})
  const flavor = await known(ctx, request.params['id']!)
  if (!(await removeFlavorProject(ctx, flavor.flavorid, project))) throw errors.FlavorAccessNotFound({ id: flavor.flavorid, project })
  return accessView(flavor.flavorid, await listFlavorProjects(ctx, flavor.flavorid))
}

async function known(ctx: ComputeContext, id: string): Promise<FlavorRow> {
  const flavor = await getFlavor(ctx, id)
  if (flavor === undefined) throw errors.FlavorNotFound({ id })
  return flavor
}
