/** Who may see how many addresses are left. Names, checks and scopes are upstream's. */
import { definePolicies } from '#core/policy/policy.ts'

export const ipAvailabilityPolicies = definePolicies([
  { name: 'get_network_ip_availability', check: 'rule:admin_only', scopes: ['project'], description: 'See a network ip availability', operations: ['GET /network-ip-availabilities', 'GET /network-ip-availabilities/{network_id}'] },
])
