/** Rules about resource providers. */
import { definePolicies } from '#core/policy/policy.ts'
import { adminRule, readerRule } from '../base-rules.policy.ts'

export const providerPolicies = definePolicies([
  readerRule('placement:resource_providers:list', 'See all providers', 'GET /resource_providers'),
  adminRule('placement:resource_providers:create', 'Add a provider', 'POST /resource_providers'),
  readerRule('placement:resource_providers:show', 'See one provider', 'GET /resource_providers/{uuid}'),
  adminRule('placement:resource_providers:update', 'Rename a provider or move it in its tree', 'PUT /resource_providers/{uuid}'),
  adminRule('placement:resource_providers:delete', 'Remove a provider', 'DELETE /resource_providers/{uuid}'),
])
