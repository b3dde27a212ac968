/** Rules of services: names, checks and scopes are upstream's. */
import { definePolicies } from '#core/policy/policy.ts'

const ADMIN_OR_SYSTEM_READER = 'rule:admin_required or (role:reader and system_scope:all)'

export const servicePolicies = definePolicies([
  { name: 'identity:get_service', check: ADMIN_OR_SYSTEM_READER, scopes: ['system', 'project'], deprecatedCheck: 'rule:admin_required', description: 'Show service', operations: ['GET /v3/services/{service_id}'] },
  { name: 'identity:list_services', check: ADMIN_OR_SYSTEM_READER, scopes: ['system', 'project'], deprecatedCheck: 'rule:admin_required', description: 'List services', operations: ['GET /v3/services'] },
  { name: 'identity:create_service', check: 'rule:admin_required', scopes: ['system', 'project'], description: 'Create service', operations: ['POST /v3/services'] },
  { name: 'identity:update_service', check: 'rule:admin_required', scopes: ['system', 'project'], description: 'Change service', operations: ['PATCH /v3/services/{service_id}'] },
  { name: 'identity:delete_service', check: 'rule:admin_required', scopes: ['system', 'project'], description: 'Delete service', operations: ['DELETE /v3/services/{service_id}'] },
])
