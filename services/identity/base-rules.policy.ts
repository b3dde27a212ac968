/** Rules other rules are made of. */
import { definePolicies } from '#core/policy/policy.ts'

export const baseRules = definePolicies([
  { name: 'admin_required', check: 'role:admin or is_admin:1', description: 'Administrators' },
  { name: 'service_role', check: 'role:service', description: 'Services on their own account' },
  { name: 'service_or_admin', check: 'rule:admin_required or rule:service_role', description: 'Services and administrators' },
  { name: 'owner', check: 'user_id:%(user_id)s', description: 'The user the path names' },
  { name: 'admin_or_owner', check: 'rule:admin_required or rule:owner', description: 'Administrators and the user the path names' },
  { name: 'token_subject', check: 'user_id:%(target.token.user_id)s', description: 'The user of the token in question' },
  { name: 'admin_or_token_subject', check: 'rule:admin_required or rule:token_subject', description: 'Administrators and the user of the token in question' },
  { name: 'service_admin_or_token_subject', check: 'rule:service_or_admin or rule:token_subject', description: 'Services, administrators and the user of the token in question' },
])
