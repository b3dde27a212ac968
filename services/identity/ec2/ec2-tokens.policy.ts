/** Rules of ec2 tokenss: names, checks and scopes are upstream's. */
import { definePolicies } from '#core/policy/policy.ts'

export const ec2TokensPolicies = definePolicies([
  { name: 'identity:ec2tokens_validate', check: 'rule:service_or_admin', scopes: ['system', 'domain', 'project'], description: 'Turn a signed request into a token', operations: ['POST /v3/ec2tokens'] },
])
