/** Who may list availability zones. Names, checks and scopes are upstream's. */
import { definePolicies } from '#core/policy/policy.ts'

export const availabilityZonePolicies = definePolicies([
  { name: 'get_availability_zone', check: 'rule:admin_only', deprecatedCheck: 'rule:regular_user', scopes: ['project'], description: 'See an availability zone', operations: ['GET /availability_zones'] },
])
