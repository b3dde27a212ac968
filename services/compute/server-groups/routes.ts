/** Server groups. */
import { inHandler, route } from '#core/http/route.ts'
import { createServerGroupHandler, deleteServerGroupHandler, listServerGroupsHandler, showServerGroup } from './server-group.handlers.ts'
import { serverGroupCreateVersions, serverGroupListVersions, serverGroupQueryVersions, serverGroupVersions } from './server-group.versions.ts'

const RULE = 'os_compute_api:os-server-groups'

export const serverGroupRoutes = [
  route('GET', '/v2.1/os-server-groups', listServerGroupsHandler, { policy: `${RULE}:index`, query: serverGroupQueryVersions, response: serverGroupListVersions }),
  route('POST', '/v2.1/os-server-groups', createServerGroupHandler, { policy: `${RULE}:create`, body: serverGroupCreateVersions }),
  route('GET', '/v2.1/os-server-groups/:id', showServerGroup, { policy: inHandler(`${RULE}:show`), response: serverGroupVersions }),
  route('DELETE', '/v2.1/os-server-groups/:id', deleteServerGroupHandler, { policy: inHandler(`${RULE}:delete`), status: 204 }),
]
