/** Who may do what with servers: reading, making, changing. Actions are in `server-actions.policy.ts`. */
import { definePolicies } from '#core/policy/policy.ts'
import { forAdmin, forMember, forReader } from '../policy-kinds.ts'

const REPLIES = ['GET /servers/{server_id}', 'GET /servers/detail', 'PUT /servers/{server_id}', 'POST /servers/{server_id}/action (rebuild)']

export const serverPolicies = definePolicies([
  forReader('servers:index', 'List servers', 'GET /servers'),
  forReader('servers:detail', 'List servers with all about them', 'GET /servers/detail'),
  forAdmin('servers:index:get_all_tenants', 'List servers of all projects', 'GET /servers'),
  forAdmin('servers:detail:get_all_tenants', 'List servers of all projects with all about them', 'GET /servers/detail'),
  forAdmin('servers:allow_all_filters', 'Filter lists of servers by anything', 'GET /servers', 'GET /servers/detail'),
  forReader('servers:show', 'Show a server', 'GET /servers/{server_id}'),
  { ...forReader('servers:show:flavor-extra-specs', 'See the extra specs of the flavor of a server', ...REPLIES), deprecatedCheck: 'rule:admin_or_owner' },
  forAdmin('servers:show:host_status', 'See how the host of a server is', ...REPLIES),
  forAdmin('servers:show:host_status:unknown-only', 'See that the host of a server is out of reach', ...REPLIES),
  forAdmin('os-extended-server-attributes', 'See host, hypervisor name and user data of a server', ...REPLIES),
  forMember('servers:create', 'Make a server', 'POST /servers'),
  forAdmin('servers:create:forced_host', 'Make a server on a named host, past the scheduler', 'POST /servers'),
  forAdmin('compute:servers:create:requested_destination', 'Make a server on a named host, by the scheduler', 'POST /servers'),
  forMember('servers:create:attach_volume', 'Make a server with block devices', 'POST /servers'),
  forMember('servers:create:attach_network', 'Make a server on named networks or ports', 'POST /servers'),
  forMember('servers:create:trusted_certs', 'Make a server of an image signed by named certificates', 'POST /servers'),
  forAdmin('servers:create:zero_disk_flavor', 'Make a server of an image with a flavor that has no disk', 'POST /servers'),
  forAdmin('network:attach_external_network', 'Plug a server into an external network', 'POST /servers', 'POST /servers/{server_id}/os-interface'),
  forMember('servers:delete', 'Delete a server', 'DELETE /servers/{server_id}'),
  forMember('servers:update', 'Change name, description or addresses of a server', 'PUT /servers/{server_id}'),
])
