/** Key pairs. Making and deleting one answer other statuses since 2.2. */
import { inHandler, route } from '#core/http/route.ts'
import { createKey, listKeys, removeKey, showKey } from './keypair.handlers.ts'
import { keypairCreateVersions, keypairListQuery, keypairQuery, keypairReplies } from './keypair.versions.ts'

const RULE = 'os_compute_api:os-keypairs'

export const keypairRoutes = [
  route('GET', '/v2.1/os-keypairs', listKeys, { policy: inHandler(`${RULE}:index`), query: keypairListQuery, response: keypairReplies }),
  route('POST', '/v2.1/os-keypairs', createKey, { policy: inHandler(`${RULE}:create`), body: keypairCreateVersions, versions: '2.1-2.1' }),
  route('POST', '/v2.1/os-keypairs', createKey, { policy: inHandler(`${RULE}:create`), body: keypairCreateVersions, status: 201, versions: '2.2-' }),
  route('GET', '/v2.1/os-keypairs/:name', showKey, { policy: inHandler(`${RULE}:show`), query: keypairQuery, response: keypairReplies }),
  route('DELETE', '/v2.1/os-keypairs/:name', removeKey, { policy: inHandler(`${RULE}:delete`), query: keypairQuery, status: 202, versions: '2.1-2.1' }),
  route('DELETE', '/v2.1/os-keypairs/:name', removeKey, { policy: inHandler(`${RULE}:delete`), query: keypairQuery, status: 204, versions: '2.2-' }),
]
