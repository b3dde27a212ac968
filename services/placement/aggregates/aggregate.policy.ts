/** Rules about the aggregates of providers. */
import { definePolicies } from '#core/policy/policy.ts'
import { adminRule, readerRule } from '../base-rules.policy.ts'

export const aggregatePolicies = definePolicies([
  readerRule('placement:resource_providers:aggregates:list', 'See the aggregates of a provider', 'GET /resource_providers/{uuid}/aggregates'),
  adminRule('placement:resource_providers:aggregates:update', 'Set the aggregates of a provider', 'PUT /resource_providers/{uuid}/aggregates'),
])
