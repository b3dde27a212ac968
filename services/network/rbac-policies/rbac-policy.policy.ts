/** Who may share things with other projects. Names, checks and scopes are upstream's. */
import { definePolicies } from '#core/policy/policy.ts'

export const rbacPolicies = definePolicies([
  { name: 'create_rbac_policy', check: 'rule:admin_only or role:member and project_id:%(project_id)s', deprecatedCheck: 'rule:regular_user', scopes: ['project'], description: 'Create a rbac policy', operations: ['POST /rbac-policies'] },
  { name: 'create_rbac_policy:target_tenant', check: 'rule:admin_only or (not field:rbac_policy:target_tenant=* and not field:rbac_policy:target_project=*)', deprecatedCheck: 'rule:restrict_wildcard', scopes: ['project'], description: 'Set `target_tenant` of a new rbac policy', operations: ['POST /rbac-policies'] },
  { name: 'update_rbac_policy', check: 'rule:admin_only or role:member and project_id:%(project_id)s', deprecatedCheck: 'rule:admin_or_owner', scopes: ['project'], description: 'Change a rbac policy', operations: ['PUT /rbac-policies/{id}'] },
  { name: 'update_rbac_policy:target_tenant', check: 'rule:admin_only or (not field:rbac_policy:target_tenant=* and not field:rbac_policy:target_project=*)', deprecatedCheck: 'rule:restrict_wildcard and rule:admin_or_owner', scopes: ['project'], description: 'Change `target_tenant` of a rbac policy', operations: ['PUT /rbac-policies/{id}'] },
  { name: 'get_rbac_policy', check: 'rule:admin_only or role:reader and project_id:%(project_id)s', deprecatedCheck: 'rule:admin_or_owner', scopes: ['project'], description: 'See a rbac policy', operations: ['GET /rbac-policies', 'GET /rbac-policies/{id}'] },
  { name: 'delete_rbac_policy', check: 'rule:admin_only or role:member and project_id:%(project_id)s', deprecatedCheck: 'rule:admin_or_owner', scopes: ['project'], description: 'Delete a rbac policy', operations: ['DELETE /rbac-policies/{id}'] },
])
