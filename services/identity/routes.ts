/** The URL map, one line per route, by resource. */
import { PUBLIC, inHandler, route, type Route } from '#core/http/route.ts'
import { listAuthDomains, listAuthProjects, listAuthSystem, showCatalog } from './authentication/auth-scopes.handlers.ts'
import { listVersions, showVersion } from './discovery/discovery.handlers.ts'
import { deleteToken, issueTokenHandler, listRevoked, showToken } from './tokens/token.handlers.ts'

const discoveryRoutes = [
  route('GET', '/', listVersions, { policy: PUBLIC }),
  route('GET', '/v3', showVersion, { policy: PUBLIC }),
]

const tokenRoutes = [
  route('POST', '/v3/auth/tokens', issueTokenHandler, { policy: PUBLIC, status: 201 }),
  route('GET', '/v3/auth/tokens', showToken, { policy: inHandler('identity:validate_token', 'identity:check_token') }),
  route('DELETE', '/v3/auth/tokens', deleteToken, { policy: inHandler('identity:revoke_token'), status: 204 }),
  route('GET', '/v3/auth/tokens/OS-PKI/revoked', listRevoked, { policy: inHandler('identity:revocation_list') }),
  route('GET', '/v3/auth/catalog', showCatalog, { policy: 'identity:get_auth_catalog' }),
  route('GET', '/v3/auth/projects', listAuthProjects, { policy: 'identity:get_auth_projects' }),
  route('GET', '/v3/auth/domains', listAuthDomains, { policy: 'identity:get_auth_domains' }),
  route('GET', '/v3/auth/system', listAuthSystem, { policy: 'identity:get_auth_system' }),
]

export const routes: readonly Route[] = [...discoveryRoutes, ...tokenRoutes]
