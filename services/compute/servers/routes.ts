/** Servers. Actions and what hangs on a server have lists of their own. */
import { inHandler, route } from '#core/http/route.ts'
import { changeServer, createServer, listServersBrief, listServersDetail, removeServer, showServer } from './server.handlers.ts'
import { serverCreateVersions, serverListQuery, serverReplies, serverUpdateVersions } from './server.versions.ts'

const RULE = 'os_compute_api:servers'

export const serverRoutes = [
  route('GET', '/v2.1/servers', listServersBrief, { policy: `${RULE}:index`, query: serverListQuery }),
  route('GET', '/v2.1/servers/detail', listServersDetail, { policy: `${RULE}:detail`, query: serverListQuery, response: serverReplies }),
  route('POST', '/v2.1/servers', createServer, { policy: inHandler(`${RULE}:create`), body: serverCreateVersions, status: 202, maxBodyBytes: 1_048_576 }),
  route('GET', '/v2.1/servers/:id', showServer, { policy: inHandler(`${RULE}:show`), response: serverReplies }),
  route('PUT', '/v2.1/servers/:id', changeServer, { policy: inHandler(`${RULE}:update`), body: serverUpdateVersions }),
  route('DELETE', '/v2.1/servers/:id', removeServer, { policy: inHandler(`${RULE}:delete`), status: 204 }),
]
