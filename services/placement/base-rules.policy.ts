/** Rules that the rules of the resources stand on. The checks of earlier releases (`role:admin`) still hold by default. */
import { definePolicies, type PolicyRule } from '#core/policy/policy.ts'

export const baseRules = definePolicies([
  { name: 'admin_api', check: 'role:admin', scopes: ['system'], description: 'An administrator, as earlier releases understood it' },
  { name: 'system_admin_api', check: 'role:admin and system_scope:all', deprecatedCheck: 'rule:admin_api', description: 'An administrator of the system' },
  { name: 'system_reader_api', check: 'role:reader and system_scope:all', deprecatedCheck: 'rule:admin_api', description: 'Somebody who may look at the whole system' },
  { name: 'project_reader_api', check: 'role:reader and project_id:%(project_id)s', deprecatedCheck: 'rule:admin_api', description: 'Somebody who may look at the project in question' },
  { name: 'system_or_project_reader', check: 'rule:system_reader_api or rule:project_reader_api', deprecatedCheck: 'rule:admin_api', description: 'Somebody who may look at the project in question, or at all' },
])

/** A rule for those who may look at the whole system. */
export function readerRule(name: string, description: string, ...operations: string[]): PolicyRule {
  return { name, check: 'rule:system_reader_api', scopes: ['system'], description, operations }
}

/** A rule for those who may change the whole system. */
export function adminRule(name: string, description: string, ...operations: string[]): PolicyRule {
  return { name, check: 'rule:system_admin_api', scopes: ['system'], description, operations }
}
