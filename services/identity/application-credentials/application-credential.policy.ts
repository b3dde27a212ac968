/** Rules of application credentials: names, checks and scopes are upstream's. */
import { definePolicies } from '#core/policy/policy.ts'

const SHARED_1 = '(rule:admin_required) or (role:reader and system_scope:all) or rule:owner'

export const applicationCredentialPolicies = definePolicies([
  { name: 'identity:get_application_credential', check: SHARED_1, scopes: ['system', 'project'], deprecatedCheck: 'rule:admin_or_owner', description: 'Show application credential', operations: ['GET /v3/users/{user_id}/application_credentials/{application_credential_id}', 'HEAD /v3/users/{user_id}/application_credentials/{application_credential_id}'] },
  { name: 'identity:list_application_credentials', check: SHARED_1, scopes: ['system', 'project'], deprecatedCheck: 'rule:admin_or_owner', description: 'List application credentials', operations: ['GET /v3/users/{user_id}/application_credentials', 'HEAD /v3/users/{user_id}/application_credentials'] },
  { name: 'identity:create_application_credential', check: 'user_id:%(user_id)s', scopes: ['project'], description: 'Create application credential', operations: ['POST /v3/users/{user_id}/application_credentials'] },
  { name: 'identity:delete_application_credential', check: 'rule:admin_or_owner', scopes: ['system', 'project'], description: 'Delete application credential', operations: ['DELETE /v3/users/{user_id}/application_credentials/{application_credential_id}'] },
])
