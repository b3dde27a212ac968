/** Rules about inventories. */
import { definePolicies } from '#core/policy/policy.ts'
import { adminRule, readerRule } from '../base-rules.policy.ts'

const ALL = '/resource_providers/{uuid}/inventories'
const ONE = `${ALL}/{resource_class}`

export const inventoryPolicies = definePolicies([
  readerRule('placement:resource_providers:inventories:list', 'See all a provider has', `GET ${ALL}`),
  adminRule('placement:resource_providers:inventories:create', 'Add an inventory to a provider', `POST ${ALL}`),
  readerRule('placement:resource_providers:inventories:show', 'See what a provider has of one class', `GET ${ONE}`),
  adminRule('placement:resource_providers:inventories:update', 'Change what a provider has', `PUT ${ALL}`, `PUT ${ONE}`),
  adminRule('placement:resource_providers:inventories:delete', 'Take inventories away', `DELETE ${ALL}`, `DELETE ${ONE}`),
])
