/** Rules of credentials: names, checks and scopes are upstream's. */
import { definePolicies } from '#core/policy/policy.ts'

const SHARED_1 = '(rule:admin_required) or (role:reader and system_scope:all) or user_id:%(target.credential.user_id)s'
const SHARED_2 = '(rule:admin_required) or user_id:%(target.credential.user_id)s'

export const credentialPolicies = definePolicies([
  { name: 'identity:get_credential', check: SHARED_1, scopes: ['system', 'project'], deprecatedCheck: 'rule:admin_required', description: 'Show credential', operations: ['GET /v3/credentials/{credential_id}'] },
  { name: 'identity:list_credentials', check: SHARED_1, scopes: ['system', 'project'], deprecatedCheck: 'rule:admin_required', description: 'List credentials', operations: ['GET /v3/credentials'] },
  { name: 'identity:create_credential', check: SHARED_2, scopes: ['system', 'project'], deprecatedCheck: 'rule:admin_required', description: 'Create credential', operations: ['POST /v3/credentials'] },
  { name: 'identity:update_credential', check: SHARED_2, scopes: ['system', 'project'], deprecatedCheck: 'rule:admin_required', description: 'Change credential', operations: ['PATCH /v3/credentials/{credential_id}'] },
  { name: 'identity:delete_credential', check: SHARED_2, scopes: ['system', 'project'], deprecatedCheck: 'rule:admin_required', description: 'Delete credential', operations: ['DELETE /v3/credentials/{credential_id}'] },
])
