/** Rules of s3 tokenss: names, checks and scopes are upstream's. */
import { definePolicies } from '#core/policy/policy.ts'

export const s3TokensPolicies = definePolicies([
  { name: 'identity:s3tokens_validate', check: 'rule:service_or_admin', scopes: ['system', 'domain', 'project'], description: 'Turn a signed request into a token', operations: ['POST /v3/s3tokens'] },
])
