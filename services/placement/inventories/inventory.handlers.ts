/** What a provider has: all inventories of it, or one. */
import { inTransaction, isUniqueViolation } from '#core/db/database.ts'
import type { Reply } from '#core/http/message.ts'
import type { RouteRequest } from '#core/http/route.ts'
import type { PlacementContext } from '../context.ts'
import { errors } from '../errors.ts'
import { fresh } from '../freshness.versions.ts'
import { providerPath } from '../providers/provider.view.ts'
import { requireProvider, takeGeneration } from '../providers/require-provider.ts'
import { firstUnknownClass } from '../resource-classes/known-classes.ts'
import { refuseWithoutCapacity, withDefaults } from './capacity.ts'
import type { InventoriesUpdate, InventoryCreate, InventoryUpdate } from './inventory.schema.ts'
import { deleteUnusedInventories, findInventory, insertInventory, listInventories, updateInventory } from './inventory.store.ts'
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

export async function createInventory(ctx: PlacementContext, request: RouteRequest<InventoryCreate>): Promise<Reply> {
  const resourceClass = request.body.resource_class
  const values = withDefaults(request.body)
  const provider = await requireProvider(ctx, request.params['uuid']!)
  refuseWithoutCapacity(provider, new Map([[resourceClass, values]]), capacityRule(request.version), 'create')
  await refuseUnknownClass(ctx, provider, [resourceClass], 'Unable to create inventory for resource provider')
  try {
    const { generation } = await inTransaction(ctx, async (ctx) => {
      const taken = await takeGeneration(ctx, provider)
      await insertInventory(ctx, provider.uuid, resourceClass, values)
      return taken
    })
    const location = `${request.baseUrl}${providerPath(provider.uuid)}/inventories/${resourceClass}`
    return fresh(ctx, request, { headers: { location }, body: singleInventoryView(values, generation) })
  } catch (error) {
    if (isUniqueViolation(error)) throw errors.InventoryExists({ resourceClass, provider: provider.uuid }, { cause: error })
    throw error
  }
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
  if (await firstUnknownClass(ctx, [resourceClass]) !== undefined) throw errors.ClassNotFound({ name: resourceClass })
  const { generation } = await inTransaction(ctx, async (ctx) => {
    const taken = await takeGeneration(ctx, provider)
    if (!(await updateInventory(ctx, provider.uuid, resourceClass, values))) throw errors.NoInventoryToUpdate({ resourceClass, provider: provider.uuid })
    return taken
  })
  return fresh(ctx, request, { body: singleInventoryView(values, generation) })
}

export async function deleteInventories(ctx: PlacementContext, request: RouteRequest): Promise<undefined> {
  await replaceInventories(ctx, await requireProvider(ctx, request.params['uuid']!), new Map(), '')
}

export async function deleteOneInventory(ctx: PlacementContext, request: RouteRequest): Promise<undefined> {
  const provider = await requireProvider(ctx, request.params['uuid']!)
  const resourceClass = request.params['resource_class']!
  const missing = (reason: string): Error => errors.NoInventoryToDelete({ resourceClass, reason })
  if (await firstUnknownClass(ctx, [resourceClass]) !== undefined) throw missing(`No such resource class ${resourceClass}.`)
  await inTransaction(ctx, async (ctx) => {
    await takeGeneration(ctx, provider)
    if (await deleteUnusedInventories(ctx, provider.uuid, [resourceClass]) > 0) return
    if (await findInventory(ctx, provider.uuid, resourceClass) === undefined) throw missing(`No inventory of class ${resourceClass} found for delete`)
    throw errors.InventoryInUseOnDelete({ resourceClass, provider: provider.uuid })
  })
}

/** Before 1.5 all of them could only go one by one. */
export function refuseDeleteInventories(): never {
  throw errors.MethodNotAllowed()
}
