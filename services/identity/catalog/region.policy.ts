/** Rules of regions: names, checks and scopes are upstream's. */
import { definePolicies } from '#core/policy/policy.ts'

export const regionPolicies = definePolicies([
  { name: 'identity:get_region', check: '', scopes: ['system', 'domain', 'project'], description: 'Show region', operations: ['GET /v3/regions/{region_id}', 'HEAD /v3/regions/{region_id}'] },
  { name: 'identity:list_regions', check: '', scopes: ['system', 'domain', 'project'], description: 'List regions', operations: ['GET /v3/regions', 'HEAD /v3/regions'] },
  { name: 'identity:create_region', check: 'rule:admin_required', scopes: ['system', 'project'], description: 'Create region', operations: ['POST /v3/regions', 'PUT /v3/regions/{region_id}'] },
  { name: 'identity:update_region', check: 'rule:admin_required', scopes: ['system', 'project'], description: 'Change region', operations: ['PATCH /v3/regions/{region_id}'] },
  { name: 'identity:delete_region', check: 'rule:admin_required', scopes: ['system', 'project'], description: 'Delete region', operations: ['DELETE /v3/regions/{region_id}'] },
])
