/**
 * Permission is asked in the words of the action and answered by data. Each resource lists its rules in a
 * `*.policy.ts` (upstream's names, default checks and scopes); an operator may override any by a policy file; no
 * code asks whether somebody is "admin".
 *
 *     export const serverPolicies = definePolicies([
 *       { name: 'os_compute_api:servers:create', check: 'rule:project_member_or_admin', scopes: ['project'],
 *         description: 'Create a server', operations: ['POST /servers'] },
 *     ])
 */
import type { Identity } from '#core/auth/identity.ts'
import { roleNames } from '#core/auth/identity.ts'
import { compileCheck, type Check, type Credentials, type Target } from './rules.ts'

export type Scope = 'system' | 'domain' | 'project'

export interface PolicyRule {
  name: string
  /** Default check, in the rule language. */
  check: string
  /** Token scopes the rule accepts when `enforceScope` is on; absent accepts all. */
  scopes?: Scope[]
  description: string
  /** `METHOD /path` of the calls it guards; absent for helper rules. */
  operations?: string[]
  /** The check of earlier releases, also accepted while `enforceNewDefaults` is off. */
  deprecatedCheck?: string
}

export interface PolicyOptions {
  enforceScope: boolean
  enforceNewDefaults: boolean
  /** Rule name → check, from the operator's policy file. */
  overrides: Record<string, string>
}

export function definePolicies(rules: PolicyRule[]): PolicyRule[] {
  return rules
}

export class Policy {
  readonly rules: readonly PolicyRule[]
  readonly #byName = new Map<string, { rule: PolicyRule; check: Check }>()
  readonly #options: PolicyOptions
  /** Rules that an identity meets or fails whatever the target; `undefined` in a map: the target matters. */
  readonly #settled = new WeakMap<Identity, Map<string, boolean | undefined>>()

  constructor(rules: readonly PolicyRule[], options: PolicyOptions) {
    this.rules = rules
    this.#options = options
    const lookup = (name: string): Check | undefined => this.#byName.get(name)?.check ?? this.#byName.get('default')?.check
    for (const rule of rules) {
      if (this.#byName.has(rule.name)) throw new Error(`policy ${rule.name} is listed twice`)
      const override = options.overrides[rule.name]
      const check = compileCheck(override ?? rule.check, lookup)
      const old = override === undefined && rule.deprecatedCheck !== undefined && !options.enforceNewDefaults
        ? compileCheck(rule.deprecatedCheck, lookup) : undefined
      this.#byName.set(rule.name, { rule, check: old === undefined ? check : (c, t) => check(c, t) || old(c, t) })
    }
    for (const [name, text] of Object.entries(options.overrides)) {
      if (!this.#byName.has(name)) {
        this.#byName.set(name, { rule: { name, check: text, description: 'from the policy file' }, check: compileCheck(text, lookup) })
      }
    }
  }

  has(name: string): boolean { return this.#byName.has(name) }

  /** May this identity do `name` to `target`? An unlisted rule is a bug and throws. */
  allows(identity: Identity, name: string, target: Target = {}): boolean {
    let settled = this.#settled.get(identity)
    if (settled === undefined) this.#settled.set(identity, settled = new Map())
    if (!settled.has(name)) settled.set(name, this.#withoutTarget(identity, name))
    return settled.get(name) ?? this.#check(identity, name, target)
  }

  /** The answer, if it comes without a look at the target: lists ask one rule for each of a thousand rows. */
  #withoutTarget(identity: Identity, name: string): boolean | undefined {
    let looked = false
    const look = (): undefined => { looked = true }
    const answer = this.#check(identity, name, new Proxy<Target>({}, { get: look, has: () => { looked = true; return false } }))
    return looked ? undefined : answer
  }

  #check(identity: Identity, name: string, target: Target): boolean {
    const found = this.#byName.get(name)
    if (found === undefined) throw new Error(`policy ${name} is not listed`)
    const scopes = found.rule.scopes
    if (this.#options.enforceScope && scopes !== undefined && !scopes.includes(scopeOf(identity))) return false
    return found.check(credentialsOf(identity), target)
  }
}

function scopeOf(identity: Identity): Scope {
  if (identity.system !== undefined) return 'system'
  return identity.domain !== undefined ? 'domain' : 'project'
}

const credentialCache = new WeakMap<Identity, Credentials>()

/** An identity in the words of the rule language (as oslo.context's `to_policy_values`). */
function credentialsOf(identity: Identity): Credentials {
  const known = credentialCache.get(identity)
  if (known !== undefined) return known
  const credentials: Credentials = {
    roles: roleNames(identity),
    user_id: identity.user.id,
    user_domain_id: identity.user.domain.id,
    project_id: identity.project?.id,
    tenant_id: identity.project?.id,
    project_domain_id: identity.project?.domain.id,
    domain_id: identity.domain?.id,
    system_scope: identity.system,
    service_roles: identity.serviceRoles ?? [],
    is_admin_project: true,
    token: { domain: { id: identity.domain?.id }, project: { domain: { id: identity.project?.domain.id } } },
  }
  credentialCache.set(identity, credentials)
  return credentials
}
