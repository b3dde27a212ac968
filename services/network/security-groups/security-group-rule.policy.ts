/** Who may do what with security group rules. Names, checks and scopes are upstream's. */
import { definePolicies } from '#core/policy/policy.ts'

export const securityGroupRulePolicies = definePolicies([
  { name: 'create_security_group_rule', check: 'role:member and project_id:%(project_id)s', deprecatedCheck: 'rule:admin_or_owner', scopes: ['project'], description: 'Create a security group rule', operations: ['POST /security-group-rules'] },
  { name: 'get_security_group_rule', check: 'role:reader and project_id:%(project_id)s or rule:sg_owner', deprecatedCheck: 'rule:admin_owner_or_sg_owner', scopes: ['project'], description: 'See a security group rule', operations: ['GET /security-group-rules', 'GET /security-group-rules/{id}'] },
  { name: 'delete_security_group_rule', check: 'role:member and project_id:%(project_id)s', deprecatedCheck: 'rule:admin_or_owner', scopes: ['project'], description: 'Delete a security group rule', operations: ['DELETE /security-group-rules/{id}'] },
])
