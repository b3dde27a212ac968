/** Rules of access tokens: names, checks and scopes are upstream's. */
import { definePolicies } from '#core/policy/policy.ts'

export const accessTokenPolicies = definePolicies([
  { name: 'identity:authorize_request_token', check: 'rule:admin_required', scopes: ['project'], description: 'Authorize request token', operations: ['PUT /v3/OS-OAUTH1/authorize/{request_token_id}'] },
  { name: 'identity:get_access_token', check: 'rule:admin_required', scopes: ['project'], description: 'Show access token', operations: ['GET /v3/users/{user_id}/OS-OAUTH1/access_tokens/{access_token_id}'] },
  { name: 'identity:get_access_token_role', check: 'rule:admin_required', scopes: ['project'], description: 'Show access token role', operations: ['GET /v3/users/{user_id}/OS-OAUTH1/access_tokens/{access_token_id}/roles/{role_id}'] },
  { name: 'identity:list_access_tokens', check: 'rule:admin_required', scopes: ['project'], description: 'List access tokens', operations: ['GET /v3/users/{user_id}/OS-OAUTH1/access_tokens'] },
  { name: 'identity:list_access_token_roles', check: 'rule:admin_required', scopes: ['project'], description: 'List access token roles', operations: ['GET /v3/users/{user_id}/OS-OAUTH1/access_tokens/{access_token_id}/roles'] },
  { name: 'identity:delete_access_token', check: 'rule:admin_required', scopes: ['project'], description: 'Delete access token', operations: ['DELETE /v3/users/{user_id}/OS-OAUTH1/access_tokens/{access_token_id}'] },
])
