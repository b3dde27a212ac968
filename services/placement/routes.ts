/** The URL map of placement: one line per route. A path stands twice where a version changed what it does. */
import { inHandler, PUBLIC, route, type Route } from '#core/http/route.ts'
import { showAggregates, updateAggregates } from './aggregates/aggregate.handlers.ts'
import { aggregatesVersions } from './aggregates/aggregate.versions.ts'
import { claimForConsumer, claimForMany, deleteAllocations, lookUpConsumer, showConsumerAllocations, showProviderAllocations } from './allocations/allocation.handlers.ts'
import { claimVersions, consumerAllocationsVersions, manyClaimsVersions, providerAllocationsVersions } from './allocations/allocation.versions.ts'
import { listCandidates } from './candidates/candidate.handlers.ts'
import { candidateQueryVersions, candidateVersions } from './candidates/candidate.versions.ts'
import { showVersions } from './discovery/discovery.handlers.ts'
import {
  createInventoryHandler, deleteInventories, deleteOneInventory, listInventoriesHandler, refuseDeleteInventories, showInventory, updateInventories, updateOneInventory,
} from './inventories/inventory.handlers.ts'
import { InventoriesUpdate, InventoryCreate, InventoryUpdate } from './inventories/inventory.schema.ts'
import {
  createProviderHandler, createProviderSilently, deleteProviderHandler, listProvidersHandler, showProvider, updateProviderHandler,
} from './providers/provider.handlers.ts'
import { providerCreateVersions, providerListVersions, providerQueryVersions, providerUpdateVersions, providerVersions } from './providers/provider.versions.ts'
import { lookUpProvider } from './providers/require-provider.ts'
import { reshapeHandler } from './reshaper/reshaper.handlers.ts'
import { reshapeVersions } from './reshaper/reshaper.versions.ts'
import {
  createResourceClass, deleteResourceClassHandler, ensureResourceClass, listResourceClasses, renameResourceClassHandler, showResourceClass,
} from './resource-classes/resource-class.handlers.ts'
import { ResourceClassBody } from './resource-classes/resource-class.schema.ts'
import { deleteProviderTraits, showProviderTraits, updateProviderTraits } from './traits/provider-traits.handlers.ts'
import { deleteTraitHandler, ensureTrait, listTraits, showTrait } from './traits/trait.handlers.ts'
import { ProviderTraitsBody, TraitQuery } from './traits/trait.schema.ts'
import { showProjectUsages, showProviderUsages, showTypedProjectUsages } from './usages/usage.handlers.ts'
import { usageQueryVersions } from './usages/usage.versions.ts'

const PROVIDER = 'placement:resource_providers'
const CLASS = 'placement:resource_classes'
const TRAIT = 'placement:traits'
const ALLOCATION = 'placement:allocations'

export const routes: Route[] = [
  route('GET', '/', showVersions, { policy: PUBLIC }),

  route('GET', '/resource_providers', listProvidersHandler, { policy: `${PROVIDER}:list`, query: providerQueryVersions, response: providerListVersions }),
  route('POST', '/resource_providers', createProviderSilently, { policy: `${PROVIDER}:create`, body: providerCreateVersions, status: 201, versions: '-1.19' }),
  route('POST', '/resource_providers', createProviderHandler, { policy: `${PROVIDER}:create`, body: providerCreateVersions, versions: '1.20-' }),
  route('GET', '/resource_providers/:uuid', showProvider, { policy: `${PROVIDER}:show`, response: providerVersions }),
  route('PUT', '/resource_providers/:uuid', updateProviderHandler, { policy: `${PROVIDER}:update`, lookUp: lookUpProvider, body: providerUpdateVersions }),
  route('DELETE', '/resource_providers/:uuid', deleteProviderHandler, { policy: `${PROVIDER}:delete`, status: 204 }),

  route('GET', '/resource_providers/:uuid/inventories', listInventoriesHandler, { policy: `${PROVIDER}:inventories:list` }),
  route('POST', '/resource_providers/:uuid/inventories', createInventoryHandler, { policy: `${PROVIDER}:inventories:create`, lookUp: lookUpProvider, body: InventoryCreate, status: 201 }),
  route('PUT', '/resource_providers/:uuid/inventories', updateInventories, { policy: `${PROVIDER}:inventories:update`, lookUp: lookUpProvider, body: InventoriesUpdate }),
  route('DELETE', '/resource_providers/:uuid/inventories', refuseDeleteInventories, { policy: `${PROVIDER}:inventories:delete`, versions: '-1.4' }),
  route('DELETE', '/resource_providers/:uuid/inventories', deleteInventories, { policy: `${PROVIDER}:inventories:delete`, status: 204, versions: '1.5-' }),
  route('GET', '/resource_providers/:uuid/inventories/:resource_class', showInventory, { policy: `${PROVIDER}:inventories:show` }),
  route('PUT', '/resource_providers/:uuid/inventories/:resource_class', updateOneInventory, { policy: `${PROVIDER}:inventories:update`, lookUp: lookUpProvider, body: InventoryUpdate }),
  route('DELETE', '/resource_providers/:uuid/inventories/:resource_class', deleteOneInventory, { policy: `${PROVIDER}:inventories:delete`, status: 204 }),

  route('GET', '/resource_providers/:uuid/aggregates', showAggregates, { policy: `${PROVIDER}:aggregates:list`, response: aggregatesVersions, versions: '1.1-' }),
  route('PUT', '/resource_providers/:uuid/aggregates', updateAggregates, { policy: `${PROVIDER}:aggregates:update`, lookUp: lookUpProvider, body: aggregatesVersions, versions: '1.1-' }),
  route('GET', '/resource_providers/:uuid/traits', showProviderTraits, { policy: `${PROVIDER}:traits:list`, versions: '1.6-' }),
  route('PUT', '/resource_providers/:uuid/traits', updateProviderTraits, { policy: `${PROVIDER}:traits:update`, body: ProviderTraitsBody, versions: '1.6-' }),
  route('DELETE', '/resource_providers/:uuid/traits', deleteProviderTraits, { policy: `${PROVIDER}:traits:delete`, status: 204, versions: '1.6-' }),
  route('GET', '/resource_providers/:uuid/usages', showProviderUsages, { policy: `${PROVIDER}:usages` }),
  route('GET', '/resource_providers/:uuid/allocations', showProviderAllocations, { policy: `${PROVIDER}:allocations:list`, response: providerAllocationsVersions }),

  route('GET', '/resource_classes', listResourceClasses, { policy: `${CLASS}:list`, versions: '1.2-' }),
  route('POST', '/resource_classes', createResourceClass, { policy: `${CLASS}:create`, body: ResourceClassBody, status: 201, versions: '1.2-' }),
  route('GET', '/resource_classes/:name', showResourceClass, { policy: `${CLASS}:show`, versions: '1.2-' }),
  route('PUT', '/resource_classes/:name', renameResourceClassHandler, { policy: `${CLASS}:update`, body: ResourceClassBody, versions: '1.2-1.6' }),
  route('PUT', '/resource_classes/:name', ensureResourceClass, { policy: `${CLASS}:update`, bodyMode: 'none', versions: '1.7-' }),
  route('DELETE', '/resource_classes/:name', deleteResourceClassHandler, { policy: `${CLASS}:delete`, status: 204, versions: '1.2-' }),

  route('GET', '/traits', listTraits, { policy: `${TRAIT}:list`, query: TraitQuery, versions: '1.6-' }),
  route('GET', '/traits/:name', showTrait, { policy: `${TRAIT}:show`, status: 204, versions: '1.6-' }),
  route('PUT', '/traits/:name', ensureTrait, { policy: `${TRAIT}:update`, bodyMode: 'none', versions: '1.6-' }),
  route('DELETE', '/traits/:name', deleteTraitHandler, { policy: `${TRAIT}:delete`, status: 204, versions: '1.6-' }),

  route('POST', '/allocations', claimForMany, { policy: `${ALLOCATION}:manage`, body: manyClaimsVersions, status: 204, versions: '1.13-' }),
  route('GET', '/allocations/:consumer_uuid', showConsumerAllocations, { policy: `${ALLOCATION}:list`, response: consumerAllocationsVersions }),
  route('PUT', '/allocations/:consumer_uuid', claimForConsumer, { policy: `${ALLOCATION}:update`, lookUp: lookUpConsumer, body: claimVersions, status: 204 }),
  route('DELETE', '/allocations/:consumer_uuid', deleteAllocations, { policy: `${ALLOCATION}:delete`, status: 204 }),

  route('GET', '/allocation_candidates', listCandidates, {
    policy: 'placement:allocation_candidates:list', query: candidateQueryVersions, response: candidateVersions, versions: '1.10-',
  }),
  route('GET', '/usages', showProjectUsages, { policy: inHandler('placement:usages'), query: usageQueryVersions, versions: '1.9-1.37' }),
  route('GET', '/usages', showTypedProjectUsages, { policy: inHandler('placement:usages'), query: usageQueryVersions, versions: '1.38-' }),
  route('POST', '/reshaper', reshapeHandler, { policy: 'placement:reshaper:reshape', body: reshapeVersions, status: 204, versions: '1.30-' }),
]
