/** The slices that operators administer, gathered: their routes and rules. */
import { aggregatePolicies } from './aggregates/aggregate.policy.ts'
import { aggregateRoutes } from './aggregates/routes.ts'
import { zoneRoutes } from './availability-zones/routes.ts'
import { zonePolicies } from './availability-zones/zone.policy.ts'
import { serviceRoutes } from './compute-services/routes.ts'
import { servicePolicies } from './compute-services/service.policy.ts'
import { extensionPolicies } from './extensions/extension.policy.ts'
import { extensionRoutes } from './extensions/routes.ts'
import { goneRoutes } from './gone/routes.ts'
import { hostPolicies } from './hosts/host.policy.ts'
import { hostRoutes } from './hosts/routes.ts'
import { hypervisorPolicies } from './hypervisors/hypervisor.policy.ts'
import { hypervisorRoutes } from './hypervisors/routes.ts'
import { limitsPolicies } from './limits/limits.policy.ts'
import { limitsRoutes } from './limits/routes.ts'
import { quotaPolicies } from './quotas/quota.policy.ts'
import { quotaRoutes } from './quotas/routes.ts'
import { serverGroupRoutes } from './server-groups/routes.ts'
import { serverGroupPolicies } from './server-groups/server-group.policy.ts'
import { serverMigrationRoutes } from './server-migrations/routes.ts'
import { serverMigrationPolicies } from './server-migrations/server-migration.policy.ts'
import { usageRoutes } from './usage/routes.ts'
import { usagePolicies } from './usage/usage.policy.ts'

export const administrationRoutes = [
  ...aggregateRoutes, ...zoneRoutes, ...serviceRoutes, ...hypervisorRoutes, ...hostRoutes, ...quotaRoutes, ...limitsRoutes, ...serverGroupRoutes,
  ...usageRoutes, ...serverMigrationRoutes, ...extensionRoutes, ...goneRoutes,
]

export const administrationPolicies = [
  ...aggregatePolicies, ...zonePolicies, ...servicePolicies, ...hypervisorPolicies, ...hostPolicies, ...quotaPolicies, ...limitsPolicies, ...serverGroupPolicies,
  ...usagePolicies, ...serverMigrationPolicies, ...extensionPolicies,
]
