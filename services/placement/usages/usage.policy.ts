/** Rules about usages. */
import { definePolicies } from '#core/policy/policy.ts'
import { readerRule } from '../base-rules.policy.ts'

export const usagePolicies = definePolicies([
  readerRule('placement:resource_providers:usages', 'See how much of a provider is used', 'GET /resource_providers/{uuid}/usages'),
  {
    name: 'placement:usages', check: 'rule:system_or_project_reader', scopes: ['system', 'project'],
    description: 'See how much a project uses', operations: ['GET /usages'],
  },
])
