/** Rules of endpoints: names, checks and scopes are upstream's. */
import { definePolicies } from '#core/policy/policy.ts'

const ADMIN_OR_SYSTEM_READER = 'rule:admin_required or (role:reader and system_scope:all)'

export const endpointPolicies = definePolicies([
  { name: 'identity:get_endpoint', check: ADMIN_OR_SYSTEM_READER, scopes: ['system', 'project'], deprecatedCheck: 'rule:admin_required', description: 'Show endpoint', operations: ['GET /v3/endpoints/{endpoint_id}'] },
  { name: 'identity:list_endpoints', check: ADMIN_OR_SYSTEM_READER, scopes: ['system', 'project'], deprecatedCheck: 'rule:admin_required', description: 'List endpoints', operations: ['GET /v3/endpoints'] },
  { name: 'identity:create_endpoint', check: 'rule:admin_required', scopes: ['system', 'project'], description: 'Create endpoint', operations: ['POST /v3/endpoints'] },
  { name: 'identity:update_endpoint', check: 'rule:admin_required', scopes: ['system', 'project'], description: 'Change endpoint', operations: ['PATCH /v3/endpoints/{endpoint_id}'] },
  { name: 'identity:delete_endpoint', check: 'rule:admin_required', scopes: ['system', 'project'], description: 'Delete endpoint', operations: ['DELETE /v3/endpoints/{endpoint_id}'] },
])
