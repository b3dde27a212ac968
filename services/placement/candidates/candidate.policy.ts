/** The rule about candidates. */
import { definePolicies } from '#core/policy/policy.ts'
import { readerRule } from '../base-rules.policy.ts'

export const candidatePolicies = definePolicies([
  readerRule('placement:allocation_candidates:list', 'Ask which providers could serve a request', 'GET /allocation_candidates'),
])
