/** Rules about traits and about marking providers with them. */
import { definePolicies } from '#core/policy/policy.ts'
import { adminRule, readerRule } from '../base-rules.policy.ts'

export const traitPolicies = definePolicies([
  readerRule('placement:traits:list', 'See all traits', 'GET /traits'),
  readerRule('placement:traits:show', 'Ask whether a trait exists', 'GET /traits/{name}'),
  adminRule('placement:traits:update', 'Register a custom trait', 'PUT /traits/{name}'),
  adminRule('placement:traits:delete', 'Remove a custom trait', 'DELETE /traits/{name}'),
  readerRule('placement:resource_providers:traits:list', 'See the traits of a provider', 'GET /resource_providers/{uuid}/traits'),
  adminRule('placement:resource_providers:traits:update', 'Set the traits of a provider', 'PUT /resource_providers/{uuid}/traits'),
  adminRule('placement:resource_providers:traits:delete', 'Remove all traits of a provider', 'DELETE /resource_providers/{uuid}/traits'),
])
