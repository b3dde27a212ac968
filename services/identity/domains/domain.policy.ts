/** Rules of domains: names, checks and scopes are upstream's. */
import { definePolicies } from '#core/policy/policy.ts'

export const domainPolicies = definePolicies([
  { name: 'identity:get_domain', check: 'rule:admin_required or (role:reader and system_scope:all) or token.domain.id:%(target.domain.id)s or token.project.domain.id:%(target.domain.id)s', scopes: ['system', 'domain', 'project'], deprecatedCheck: 'rule:admin_required or token.project.domain.id:%(target.domain.id)s', description: 'Show domain', operations: ['GET /v3/domains/{domain_id}'] },
  { name: 'identity:list_domains', check: 'rule:admin_required or (role:reader and system_scope:all)', scopes: ['system', 'project'], deprecatedCheck: 'rule:admin_required', description: 'List domains', operations: ['GET /v3/domains'] },
  { name: 'identity:create_domain', check: 'rule:admin_required', scopes: ['system', 'project'], description: 'Create domain', operations: ['POST /v3/domains'] },
  { name: 'identity:update_domain', check: 'rule:admin_required', scopes: ['system', 'project'], description: 'Change domain', operations: ['PATCH /v3/domains/{domain_id}'] },
  { name: 'identity:delete_domain', check: 'rule:admin_required', scopes: ['system', 'project'], description: 'Delete domain', operations: ['DELETE /v3/domains/{domain_id}'] },
])
