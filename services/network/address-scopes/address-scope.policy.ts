/** Who may do what with address scopes. Names, checks and scopes are upstream's. */
import { definePolicies } from '#core/policy/policy.ts'

export const addressScopePolicies = definePolicies([
  { name: 'create_address_scope', check: 'rule:admin_only or role:member and project_id:%(project_id)s', deprecatedCheck: 'rule:regular_user', scopes: ['project'], description: 'Create an address scope', operations: ['POST /address-scopes'] },
  { name: 'create_address_scope:shared', check: 'rule:admin_only', scopes: ['project'], description: 'Set `shared` of a new address scope', operations: ['POST /address-scopes'] },
  { name: 'get_address_scope', check: 'rule:admin_only or role:reader and project_id:%(project_id)s or rule:shared_address_scopes', deprecatedCheck: 'rule:admin_or_owner or rule:shared_address_scopes', scopes: ['project'], description: 'See an address scope', operations: ['GET /address-scopes', 'GET /address-scopes/{id}'] },
  { name: 'update_address_scope', check: 'rule:admin_only or role:member and project_id:%(project_id)s', deprecatedCheck: 'rule:admin_or_owner', scopes: ['project'], description: 'Change an address scope', operations: ['PUT /address-scopes/{id}'] },
  { name: 'update_address_scope:shared', check: 'rule:admin_only', scopes: ['project'], description: 'Change `shared` of an address scope', operations: ['PUT /address-scopes/{id}'] },
  { name: 'delete_address_scope', check: 'rule:admin_only or role:member and project_id:%(project_id)s', deprecatedCheck: 'rule:admin_or_owner', scopes: ['project'], description: 'Delete an address scope', operations: ['DELETE /address-scopes/{id}'] },
])
