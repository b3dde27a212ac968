/** Rules of domain configs: names, checks and scopes are upstream's. */
import { definePolicies } from '#core/policy/policy.ts'

const ADMIN_OR_SYSTEM_READER = 'rule:admin_required or (role:reader and system_scope:all)'

export const domainConfigPolicies = definePolicies([
  { name: 'identity:create_domain_config', check: 'rule:admin_required', scopes: ['system', 'project'], description: 'Create domain config', operations: ['PUT /v3/domains/{domain_id}/config'] },
  { name: 'identity:get_domain_config', check: ADMIN_OR_SYSTEM_READER, scopes: ['system', 'project'], deprecatedCheck: 'rule:admin_required', description: 'Show domain config', operations: ['GET /v3/domains/{domain_id}/config', 'HEAD /v3/domains/{domain_id}/config', 'GET /v3/domains/{domain_id}/config/{group}', 'HEAD /v3/domains/{domain_id}/config/{group}', 'GET /v3/domains/{domain_id}/config/{group}/{option}', 'HEAD /v3/domains/{domain_id}/config/{group}/{option}'] },
  { name: 'identity:get_security_compliance_domain_config', check: '', scopes: ['system', 'domain', 'project'], description: 'Show security compliance domain config', operations: ['GET /v3/domains/{domain_id}/config/security_compliance', 'HEAD /v3/domains/{domain_id}/config/security_compliance', 'GET /v3/domains/{domain_id}/config/security_compliance/{option}', 'HEAD /v3/domains/{domain_id}/config/security_compliance/{option}'] },
  { name: 'identity:update_domain_config', check: 'rule:admin_required', scopes: ['system', 'project'], description: 'Change domain config', operations: ['PATCH /v3/domains/{domain_id}/config', 'PATCH /v3/domains/{domain_id}/config/{group}', 'PATCH /v3/domains/{domain_id}/config/{group}/{option}'] },
  { name: 'identity:delete_domain_config', check: 'rule:admin_required', scopes: ['system', 'project'], description: 'Delete domain config', operations: ['DELETE /v3/domains/{domain_id}/config', 'DELETE /v3/domains/{domain_id}/config/{group}', 'DELETE /v3/domains/{domain_id}/config/{group}/{option}'] },
  { name: 'identity:get_domain_config_default', check: ADMIN_OR_SYSTEM_READER, scopes: ['system', 'project'], deprecatedCheck: 'rule:admin_required', description: 'Show domain config default', operations: ['GET /v3/domains/config/default', 'HEAD /v3/domains/config/default', 'GET /v3/domains/config/{group}/default', 'HEAD /v3/domains/config/{group}/default', 'GET /v3/domains/config/{group}/{option}/default', 'HEAD /v3/domains/config/{group}/{option}/default'] },
])
