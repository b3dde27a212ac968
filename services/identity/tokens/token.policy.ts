/** Who may ask about tokens, and about what one’s own is good for. */
import { definePolicies } from '#core/policy/policy.ts'

export const tokenPolicies = definePolicies([
  { name: 'identity:check_token', check: 'rule:admin_required or (role:reader and system_scope:all) or rule:token_subject', scopes: ['system', 'domain', 'project'], deprecatedCheck: 'rule:admin_or_token_subject', description: 'See whether a token is valid', operations: ['HEAD /v3/auth/tokens'] },
  { name: 'identity:validate_token', check: 'rule:admin_required or (role:reader and system_scope:all) or rule:service_role or rule:token_subject', scopes: ['system', 'domain', 'project'], deprecatedCheck: 'rule:service_admin_or_token_subject', description: 'Read what a token says', operations: ['GET /v3/auth/tokens'] },
  { name: 'identity:revoke_token', check: 'rule:admin_required or rule:token_subject', scopes: ['system', 'domain', 'project'], deprecatedCheck: 'rule:admin_or_token_subject', description: 'Make a token void', operations: ['DELETE /v3/auth/tokens'] },
  { name: 'identity:get_auth_catalog', check: '', description: 'Read the catalog of one\'s own token', operations: ['GET /v3/auth/catalog'] },
  { name: 'identity:get_auth_projects', check: '', description: 'List projects one\'s token can be exchanged for', operations: ['GET /v3/auth/projects'] },
  { name: 'identity:get_auth_domains', check: '', description: 'List domains one\'s token can be exchanged for', operations: ['GET /v3/auth/domains'] },
  { name: 'identity:get_auth_system', check: '', description: 'See whether one\'s token can be exchanged for one of the system', operations: ['GET /v3/auth/system'] },
  { name: 'identity:revocation_list', check: 'rule:service_or_admin', scopes: ['system', 'project'], description: 'List void tokens (gone)', operations: ['GET /v3/auth/tokens/OS-PKI/revoked'] },
])
