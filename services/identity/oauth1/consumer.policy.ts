/** Rules of consumers: names, checks and scopes are upstream's. */
import { definePolicies } from '#core/policy/policy.ts'

const ADMIN_OR_SYSTEM_READER = 'rule:admin_required or (role:reader and system_scope:all)'

export const consumerPolicies = definePolicies([
  { name: 'identity:get_consumer', check: ADMIN_OR_SYSTEM_READER, scopes: ['system', 'project'], deprecatedCheck: 'rule:admin_required', description: 'Show consumer', operations: ['GET /v3/OS-OAUTH1/consumers/{consumer_id}'] },
  { name: 'identity:list_consumers', check: ADMIN_OR_SYSTEM_READER, scopes: ['system', 'project'], deprecatedCheck: 'rule:admin_required', description: 'List consumers', operations: ['GET /v3/OS-OAUTH1/consumers'] },
  { name: 'identity:create_consumer', check: 'rule:admin_required', scopes: ['system', 'project'], description: 'Create consumer', operations: ['POST /v3/OS-OAUTH1/consumers'] },
  { name: 'identity:update_consumer', check: 'rule:admin_required', scopes: ['system', 'project'], description: 'Change consumer', operations: ['PATCH /v3/OS-OAUTH1/consumers/{consumer_id}'] },
  { name: 'identity:delete_consumer', check: 'rule:admin_required', scopes: ['system', 'project'], description: 'Delete consumer', operations: ['DELETE /v3/OS-OAUTH1/consumers/{consumer_id}'] },
])
