/** Rules of ec2 credentials: names, checks and scopes are upstream's. */
import { definePolicies } from '#core/policy/policy.ts'

const SHARED_1 = '(rule:admin_required) or (role:member and user_id:%(target.credential.user_id)s)'

export const ec2CredentialPolicies = definePolicies([
  { name: 'identity:ec2_get_credential', check: '(rule:admin_required) or (role:reader and system_scope:all) or user_id:%(target.credential.user_id)s', scopes: ['system', 'project'], deprecatedCheck: 'rule:admin_required or (rule:owner and user_id:%(target.credential.user_id)s)', description: 'Show EC2 credential', operations: ['GET /v3/users/{user_id}/credentials/OS-EC2/{credential_id}'] },
  { name: 'identity:ec2_list_credentials', check: SHARED_1, scopes: ['system', 'project'], deprecatedCheck: 'rule:admin_or_owner', description: 'List EC2 credentials', operations: ['GET /v3/users/{user_id}/credentials/OS-EC2'] },
  { name: 'identity:ec2_create_credential', check: SHARED_1, scopes: ['system', 'project'], deprecatedCheck: 'rule:admin_or_owner', description: 'Create EC2 credential', operations: ['POST /v3/users/{user_id}/credentials/OS-EC2'] },
  { name: 'identity:ec2_delete_credential', check: '(rule:admin_required) or user_id:%(target.credential.user_id)s', scopes: ['system', 'project'], deprecatedCheck: 'rule:admin_required or (rule:owner and user_id:%(target.credential.user_id)s)', description: 'Delete EC2 credential', operations: ['DELETE /v3/users/{user_id}/credentials/OS-EC2/{credential_id}'] },
])
