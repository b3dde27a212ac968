/**
 * The personas of compute's rules: who may, in upstream's helper rules, so that a slice lists name, words and calls
 * only. Scope is the project everywhere (the Zed defaults).
 */
import { definePolicies, type PolicyRule } from '#core/policy/policy.ts'

const OWNER = 'rule:admin_or_owner'

export const baseRules = definePolicies([
  { name: 'context_is_admin', check: 'role:admin', description: 'Holds the admin role.' },
  { name: 'admin_or_owner', check: 'rule:context_is_admin or project_id:%(project_id)s', description: 'Anybody in the project that owns the resource, or an administrator. What earlier releases asked for.' },
  { name: 'admin_api', check: 'rule:context_is_admin', description: 'Administrator. What earlier releases asked for.' },
  { name: 'project_member_api', check: 'role:member and project_id:%(project_id)s', deprecatedCheck: OWNER, description: 'A member of the project that owns the resource.' },
  { name: 'project_reader_api', check: 'role:reader and project_id:%(project_id)s', deprecatedCheck: OWNER, description: 'A reader of the project that owns the resource.' },
  { name: 'project_member_or_admin', check: 'rule:project_member_api or rule:context_is_admin', deprecatedCheck: OWNER, description: 'A member of the project, or an administrator.' },
  { name: 'project_reader_or_admin', check: 'rule:project_reader_api or rule:context_is_admin', deprecatedCheck: OWNER, description: 'A reader of the project, or an administrator.' },
])

function rule(check: string) {
  return (name: string, description: string, ...operations: string[]): PolicyRule => ({
    name: name.includes(':') && /^(compute|network):/.test(name) ? name : `os_compute_api:${name}`, check, scopes: ['project'], description, operations,
  })
}

export const forAdmin = rule('rule:context_is_admin')
export const forMember = rule('rule:project_member_or_admin')
export const forReader = rule('rule:project_reader_or_admin')
export const forAnyone = rule('@')
export const forOwner = rule('(rule:context_is_admin) or user_id:%(user_id)s')
export const forNobody = rule('!')
