/** START HERE. Placement counts what providers have and who holds how much of it. */
import { defineService } from '#core/service/service.ts'
import { admit } from './admission.ts'
import { aggregatePolicies } from './aggregates/aggregate.policy.ts'
import { allocationPolicies } from './allocations/allocation.policy.ts'
import { candidatePolicies } from './candidates/candidate.policy.ts'
import { config } from './config.ts'
import type { PlacementClients } from './context.ts'
import type { PlacementTables } from './database.ts'
import { placementChecks } from './doctor/checks.ts'
import { dialect, forbidden, schemaFault } from './dialect.ts'
import { baseRules } from './base-rules.policy.ts'
import { inventoryPolicies } from './inventories/inventory.policy.ts'
import { microversions } from './microversions.ts'
import { initial } from './migrations/0001-initial.ts'
import { providerPolicies } from './providers/provider.policy.ts'
import { reshaperPolicies } from './reshaper/reshaper.policy.ts'
import { resourceClassPolicies } from './resource-classes/resource-class.policy.ts'
import { routes } from './routes.ts'
import { traitPolicies } from './traits/trait.policy.ts'
import { usagePolicies } from './usages/usage.policy.ts'

export const placement = defineService<PlacementTables, PlacementClients, typeof config>({
  name: 'placement', type: 'placement', port: 8778, path: '',
  config, routes, dialect, schemaFault, forbidden, admit,
  order: 'read-last',
  versions: microversions,
  migrations: [initial],
  policies: [
    ...baseRules, ...providerPolicies, ...inventoryPolicies, ...aggregatePolicies, ...resourceClassPolicies,
    ...traitPolicies, ...allocationPolicies, ...usagePolicies, ...candidatePolicies, ...reshaperPolicies,
  ],
  clients: () => ({}), checks: placementChecks,
})
