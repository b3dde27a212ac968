/** Who may see and set quotas. Names, checks and scopes are upstream's. */
import { definePolicies } from '#core/policy/policy.ts'

export const quotaPolicies = definePolicies([
  { name: 'get_quota', check: 'rule:admin_only', scopes: ['project'], description: 'See a quota', operations: ['GET /quota', 'GET /quota/{id}'] },
  { name: 'update_quota', check: 'rule:admin_only', scopes: ['project'], description: 'Change a quota', operations: ['PUT /quota/{id}'] },
  { name: 'delete_quota', check: 'rule:admin_only', scopes: ['project'], description: 'Delete a quota', operations: ['DELETE /quota/{id}'] },
])
