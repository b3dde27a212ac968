/** Who may do what with security groups. Names, checks and scopes are upstream's. */
import { definePolicies } from '#core/policy/policy.ts'

export const securityGroupPolicies = definePolicies([
  { name: 'create_security_group', check: 'role:member and project_id:%(project_id)s', deprecatedCheck: 'rule:admin_or_owner', scopes: ['project'], description: 'Create a security group', operations: ['POST /security-groups'] },
  { name: 'get_security_group', check: 'role:reader and project_id:%(project_id)s', deprecatedCheck: 'rule:regular_user', scopes: ['project'], description: 'See a security group', operations: ['GET /security-groups', 'GET /security-groups/{id}'] },
  { name: 'update_security_group', check: 'role:member and project_id:%(project_id)s', deprecatedCheck: 'rule:admin_or_owner', scopes: ['project'], description: 'Change a security group', operations: ['PUT /security-groups/{id}'] },
  { name: 'delete_security_group', check: 'role:member and project_id:%(project_id)s', deprecatedCheck: 'rule:admin_or_owner', scopes: ['project'], description: 'Delete a security group', operations: ['DELETE /security-groups/{id}'] },
])
