/** Every rule of identity, for the engine, the matrix and the reference. */
import type { PolicyRule } from '#core/policy/policy.ts'
import { helperPolicies } from './helper.policy.ts'
import { tokenPolicies } from './tokens/token.policy.ts'

export const policies: readonly PolicyRule[] = [...helperPolicies, ...tokenPolicies]
