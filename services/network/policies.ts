/** All rules of the network service, for the policy engine and the reference. */
import { addressScopePolicies } from './address-scopes/address-scope.policy.ts'
import { agentPolicies } from './agents/agent.policy.ts'
import { autoTopologyPolicies } from './auto-topology/auto-topology.policy.ts'
import { availabilityZonePolicies } from './availability-zones/availability-zone.policy.ts'
import { floatingIpPolicies } from './floating-ips/floating-ip.policy.ts'
import { baseRules } from './base-rules.policy.ts'
import { ipAvailabilityPolicies } from './ip-availabilities/ip-availability.policy.ts'
import { networkPolicies } from './networks/network.policy.ts'
import { portPolicies } from './ports/port.policy.ts'
import { quotaPolicies } from './quotas/quota.policy.ts'
import { rbacPolicies } from './rbac-policies/rbac-policy.policy.ts'
import { routerPolicies } from './routers/router.policy.ts'
import { securityGroupRulePolicies } from './security-groups/security-group-rule.policy.ts'
import { securityGroupPolicies } from './security-groups/security-group.policy.ts'
import { subnetpoolPolicies } from './subnetpools/subnetpool.policy.ts'
import { subnetPolicies } from './subnets/subnet.policy.ts'

export const policies = [
  ...baseRules, ...networkPolicies, ...subnetPolicies, ...portPolicies, ...securityGroupPolicies, ...securityGroupRulePolicies, ...subnetpoolPolicies,
  ...addressScopePolicies, ...routerPolicies, ...floatingIpPolicies, ...agentPolicies, ...quotaPolicies, ...rbacPolicies, ...availabilityZonePolicies,
  ...ipAvailabilityPolicies, ...autoTopologyPolicies,
]
