/** Every rule of compute, slice by slice. */
import type { PolicyRule } from '#core/policy/policy.ts'
import { administrationPolicies } from './administration.ts'
import { flavorPolicies } from './flavors/flavor.policy.ts'
import { keypairPolicies } from './keypairs/keypair.policy.ts'
import { baseRules } from './policy-kinds.ts'
import { interfacePolicies } from './interfaces/interface.policy.ts'
import { networkProxyPolicies } from './network-proxies/proxy.policy.ts'
import { rescuePolicies } from './rescue/rescue.policy.ts'
import { migratePolicies } from './resizes/migrate.policy.ts'
import { resizePolicies } from './resizes/resize.policy.ts'
import { shelvePolicies } from './shelving/shelve.policy.ts'
import { serverActionPolicies } from './server-actions/server-actions.policy.ts'
import { serverDetailPolicies } from './server-details/details.policy.ts'
import { serverPolicies } from './servers/server.policy.ts'
import { usageAuditPolicies } from './usage-audit/audit-log.policy.ts'

export const computePolicies: readonly PolicyRule[] = [...baseRules, ...flavorPolicies, ...keypairPolicies, ...serverPolicies, ...serverActionPolicies, ...serverDetailPolicies, ...interfacePolicies, ...resizePolicies, ...migratePolicies, ...rescuePolicies, ...shelvePolicies, ...networkProxyPolicies, ...usageAuditPolicies, ...administrationPolicies]
