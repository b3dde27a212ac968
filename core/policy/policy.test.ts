import { describe, expect, it } from 'vitest'
import { testIdentity } from '#testkit/tokens.ts'
import { definePolicies, Policy } from './policy.ts'
import { compileCheck } from './rules.ts'

const nobody = { roles: ['reader'], user_id: 'u', project_id: 'p', system_scope: undefined }
const check = (text: string, target = {}, credentials: Record<string, unknown> & { roles: string[] } = nobody): boolean => compileCheck(text, () => undefined)(credentials, target)

describe('rule language', () => {
  it.each<[string, Record<string, unknown>, boolean]>([
    ['', {}, true], ['@', {}, true], ['!', {}, false],
    ['role:reader', {}, true], ['role:READER', {}, true], ['role:admin', {}, false],
    ['project_id:%(project_id)s', { project_id: 'p' }, true], ['project_id:%(project_id)s', { project_id: 'q' }, false],
    ['project_id:%(project_id)s', {}, false], ['user_id:u', {}, true],
    ["'member':%(role)s", { role: 'member' }, true], ['None:%(x)s', { x: null }, true],
    ['not role:admin', {}, true], ['role:admin or role:reader and user_id:x', {}, false], ['(role:admin or role:reader) and user_id:u', {}, true],
    ['field:networks:shared=True', { shared: true }, true], ['field:networks:shared=True', { shared: false }, false],
    ['tenant_id:%(network:tenant_id)s', { 'network:tenant_id': 'p' }, false], ['project_id:%(network:project_id)s', { 'network:project_id': 'p' }, true],
    ['user_id:%(target.user.id)s', { target: { user: { id: 'u' } } }, true],
  ])('%s with %j is %s', (text, target, wanted) => { expect(check(text, target)).toBe(wanted) })

  it.each(['role', '(role:a', 'role:a role:b', 'and'])('refuses %s', (text) => { expect(() => check(text)).toThrow(SyntaxError) })
})

describe('policy', () => {
  const rules = definePolicies([
    { name: 'admin', check: 'role:admin', description: 'helper' },
    { name: 'thing:create', check: 'rule:admin', scopes: ['project'], description: 'x', deprecatedCheck: 'role:member' },
  ])
  const options = { enforceScope: false, enforceNewDefaults: false, overrides: {} }
  const member = testIdentity({ roles: ['member'] })

  it('accepts the deprecated check until new defaults are enforced', () => {
    expect(new Policy(rules, options).allows(member, 'thing:create')).toBe(true)
    expect(new Policy(rules, { ...options, enforceNewDefaults: true }).allows(member, 'thing:create')).toBe(false)
  })
  it('minds the scope when told to', () => {
    const system = testIdentity({ roles: ['admin'], system: true })
    expect(new Policy(rules, options).allows(system, 'thing:create')).toBe(true)
    expect(new Policy(rules, { ...options, enforceScope: true }).allows(system, 'thing:create')).toBe(false)
  })
  it('lets the operator override a rule', () => {
    expect(new Policy(rules, { ...options, overrides: { 'thing:create': '!' } }).allows(testIdentity({ roles: ['admin'] }), 'thing:create')).toBe(false)
  })
  it('answers for each target anew unless the target does not matter', () => {
    const policy = new Policy(definePolicies([
      { name: 'see', check: 'role:admin or project_id:%(project_id)s or field:things:shared=True', description: 'x' },
      { name: 'not-mine', check: 'not project_id:%(project_id)s', description: 'x' },
    ]), options)
    const targets = [{ project_id: 'p' }, { project_id: 'q' }, { project_id: 'q', shared: true }, {}]
    const seen = (rule: string, roles: string[]): boolean[] => {
      const identity = testIdentity({ project: 'p', roles })
      return [...targets, ...targets].map((target) => policy.allows(identity, rule, target))
    }
    expect(seen('see', ['member'])).toEqual([true, false, true, false, true, false, true, false])
    expect(seen('see', ['admin'])).toEqual(Array.from({ length: 8 }, () => true))
    expect(seen('not-mine', ['admin'])).toEqual([false, true, true, true, false, true, true, true])
  })
})
