/** What a provider has: all inventories of it, or one. */
import type { Reply } from '#core/http/message.ts'
import type { RouteRequest } from '#core/http/route.ts'
import type { PlacementContext } from '../context.ts'
import { errors } from '../errors.ts'
import { fresh } from '../freshness.versions.ts'
import { providerPath } from '../providers/provider.view.ts'
import { requireProvider } from '../providers/require-provider.ts'
import { changeInventory, removeInventory } from './change-inventory.ts'
import { createInventory } from './create-inventory.ts'
import { refuseWithoutCapacity, withDefaults } from './capacity.ts'
import type { InventoriesUpdate, InventoryCreate, InventoryUpdate } from './inventory.schema.ts'
import { findInventory, listInventories } from './inventory.store.ts'
import { capacityRule } from './inventory.versions.ts'
import { inventoriesView, singleInventoryView } from './inventory.view.ts'
import { refuseUnknownClass, replaceInventories } from './save-inventories.ts'

export async function listInventoriesHandler(ctx: PlacementContext, request: RouteRequest): Promise<Reply> {
  const provider = await requireProvider(ctx, request.params['uuid']!)
  const rows = await listInventories(ctx, provider.uuid)
  const body = inventoriesView(rows.map((row) => [row.resource_class, row]), provider.generation)
  return fresh(ctx, request, { body, changed: rows.map((row) => row.updated_at) })
}

export async function showInventory(ctx: PlacementContext, request: RouteRequest): Promise<Reply> {
  const provider = await requireProvider(ctx, request.params['uuid']!)
  const resourceClass = request.params['resource_class']!
  const row = await findInventory(ctx, provider.uuid, resourceClass)
  if (row === undefined) throw errors.InventoryNotFound({ resourceClass, provider: provider.uuid })
  return fresh(ctx, request, { body: singleInventoryView(row, provider.generation), changed: [row.updated_at] })
}

export async function createInventoryHandler(ctx: PlacementContext, request: RouteRequest<InventoryCreate>): Promise<Reply> {
  const resourceClass = request.body.resource_class
  const values = withDefaults(request.body)
  const provider = await requireProvider(ctx, request.params['uuid']!)
  refuseWithoutCapacity(provider, new Map([[resourceClass, values]]), capacityRule(request.version), 'create')
  const { generation } = await createInventory(ctx, provider, resourceClass, values)
  const location = `${request.baseUrl}${providerPath(provider.uuid)}/inventories/${resourceClass}`
  return fresh(ctx, request, { headers: { location }, body: singleInventoryView(values, generation) })
}

export async function updateInventories(ctx: PlacementContext, request: RouteRequest<InventoriesUpdate>): Promise<Reply> {
  const provider = await requireProvider(ctx, request.params['uuid']!)
  if (provider.generation !== request.body.resource_provider_generation) throw errors.GenerationConflict()
  await refuseUnknownClass(ctx, provider, Object.keys(request.body.inventories), 'Unknown resource class in inventory for resource provider')
  const wanted = new Map(Object.entries(request.body.inventories).map(([name, given]) => [name, withDefaults(given)]))
  refuseWithoutCapacity(provider, wanted, capacityRule(request.version), 'update')
  const { generation } = await replaceInventories(ctx, provider, wanted, 'update conflict: ')
  return fresh(ctx, request, { body: inventoriesView(wanted, generation) })
}

export async function updateOneInventory(ctx: PlacementContext, request: RouteRequest<InventoryUpdate>): Promise<Reply> {
  const provider = await requireProvider(ctx, request.params['uuid']!)
  if (provider.generation !== request.body.resource_provider_generation) throw errors.GenerationConflict()
  const resourceClass = request.params['resource_class']!
  const values = withDefaults(request.body)
  refuseWithoutCapacity(provider, new Map([[resourceClass, values]]), capacityRule(request.version), 'update')
  const { generation } = await changeInventory(ctx, provider, resourceClass, values)
  return fresh(ctx, request, { body: singleInventoryView(values, generation) })
}

export async function deleteInventories(ctx: PlacementContext, request: RouteRequest): Promise<undefined> {
  await replaceInventories(ctx, await requireProvider(ctx, request.params['uuid']!), new Map(), '')
}

export async function deleteOneInventory(ctx: PlacementContext, request: RouteRequest): Promise<undefined> {
  await removeInventory(ctx, await requireProvider(ctx, request.params['uuid']!), request.params['resource_class']!)
}

/** Before 1.5 all of them could only go one by one. */
export function refuseDeleteInventories(): never {
  throw errors.MethodNotAllowed()
}
