/** Rules about resource classes. */
import { definePolicies } from '#core/policy/policy.ts'
import { adminRule, readerRule } from '../base-rules.policy.ts'

export const resourceClassPolicies = definePolicies([
  readerRule('placement:resource_classes:list', 'See all resource classes', 'GET /resource_classes'),
  adminRule('placement:resource_classes:create', 'Register a custom class', 'POST /resource_classes'),
  readerRule('placement:resource_classes:show', 'See one resource class', 'GET /resource_classes/{name}'),
  adminRule('placement:resource_classes:update', 'Register or rename a custom class', 'PUT /resource_classes/{name}'),
  adminRule('placement:resource_classes:delete', 'Remove a custom class', 'DELETE /resource_classes/{name}'),
])
