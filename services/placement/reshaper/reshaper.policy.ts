/** The rule about reshaping. */
import { definePolicies } from '#core/policy/policy.ts'
import { adminRule } from '../base-rules.policy.ts'

export const reshaperPolicies = definePolicies([
  adminRule('placement:reshaper:reshape', 'Move inventories between providers together with the claims on them', 'POST /reshaper'),
])
