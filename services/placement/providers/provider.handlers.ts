/** Resource providers: list, show, create, update, delete. */
import { reply, type Reply } from '#core/http/message.ts'
import type { RouteRequest } from '#core/http/route.ts'
import type { PlacementContext } from '../context.ts'
import { errors } from '../errors.ts'
import { fresh } from '../freshness.versions.ts'
import { lastValue, parseMemberOf, parseResources, parseTraits } from '../filters/query-language.ts'
import { queryRules } from '../filters/query-language.versions.ts'
import { firstUnknownClass } from '../resource-classes/known-classes.ts'
import { unknownTraits } from '../traits/known-traits.ts'
import { createProvider } from './create-provider.ts'
import { deleteProvider } from './delete-provider.ts'
import type { ProviderCreate, ProviderUpdate } from './provider.schema.ts'
import { listProviders, type ProviderListFilter } from './provider.store.ts'
import { allowsReparenting } from './provider.versions.ts'
import { providerPath, providerView } from './provider.view.ts'
import { requireProvider } from './require-provider.ts'
import { updateProvider } from './update-provider.ts'

export async function listProvidersHandler(ctx: PlacementContext, request: RouteRequest): Promise<Reply> {
  const filter = readFilter(request)
  await refuseUnknownNames(ctx, filter)
  const rows = await listProviders(ctx, filter)
  return fresh(ctx, request, { body: { resource_providers: rows.map(providerView) }, changed: rows.map((row) => row.updated_at) })
}

function readFilter({ query, version }: RouteRequest): ProviderListFilter {
  const rules = queryRules(version)
  const resources = lastValue(query, 'resources')
  const { required, forbidden } = parseTraits(query.getAll('required'), rules)
  return {
    name: lastValue(query, 'name'), uuid: lastValue(query, 'uuid'), inTree: lastValue(query, 'in_tree'),
    resources: resources === undefined ? new Map() : parseResources(resources),
    requiredTraits: required, forbiddenTraits: forbidden, ...parseMemberOf(query.getAll('member_of'), 'member_of', rules),
  }
}

async function refuseUnknownNames(ctx: PlacementContext, filter: ProviderListFilter): Promise<void> {
  const traits = await unknownTraits(ctx, [...filter.requiredTraits.flat(), ...filter.forbiddenTraits])
  if (traits.length > 0) throw errors.UnknownRequiredTrait({ names: traits.join(', ') })
  const name = await firstUnknownClass(ctx, filter.resources.keys())
  if (name !== undefined) throw errors.UnknownClass({ name })
}

export async function showProvider(ctx: PlacementContext, request: RouteRequest): Promise<Reply> {
  const row = await requireProvider(ctx, request.params['uuid']!)
  return fresh(ctx, request, { body: providerView(row), changed: [row.updated_at] })
}

export async function createProviderHandler(ctx: PlacementContext, request: RouteRequest<ProviderCreate>): Promise<Reply> {
  const row = await createProvider(ctx, request.body)
  const headers = { location: `${request.baseUrl}${providerPath(row.uuid)}` }
  return fresh(ctx, request, { headers, body: providerView(row), changed: [row.updated_at] })
}

/** Before 1.20 the answer was only where the new provider is. */
export async function createProviderSilently(ctx: PlacementContext, request: RouteRequest<ProviderCreate>): Promise<Reply> {
  const { headers } = await createProviderHandler(ctx, request)
  return reply({ headers: { location: headers!['location']! } })
}

export async function updateProviderHandler(ctx: PlacementContext, request: RouteRequest<ProviderUpdate>): Promise<Reply> {
  const row = await updateProvider(ctx, request.params['uuid']!, request.body, allowsReparenting(request.version))
  return fresh(ctx, request, { body: providerView(row), changed: [row.updated_at] })
}

export async function deleteProviderHandler(ctx: PlacementContext, request: RouteRequest): Promise<undefined> {
  await deleteProvider(ctx, request.params['uuid']!)
}
