/** Rules about allocations. */
import { definePolicies } from '#core/policy/policy.ts'
import { adminRule, readerRule } from '../base-rules.policy.ts'

export const allocationPolicies = definePolicies([
  adminRule('placement:allocations:manage', 'Claim for many consumers at once', 'POST /allocations'),
  readerRule('placement:allocations:list', 'See what a consumer holds', 'GET /allocations/{consumer_uuid}'),
  adminRule('placement:allocations:update', 'Claim for a consumer', 'PUT /allocations/{consumer_uuid}'),
  adminRule('placement:allocations:delete', 'Give back all a consumer holds', 'DELETE /allocations/{consumer_uuid}'),
  readerRule('placement:resource_providers:allocations:list', 'See who holds parts of a provider', 'GET /resource_providers/{uuid}/allocations'),
])
