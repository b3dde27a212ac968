/** Hosts, for versions up to 2.42. */
import { route } from '#core/http/route.ts'
import { HostQuery, HostUpdate } from './host.schema.ts'
import { listOsHosts, refusePowerAction, showOsHost, updateOsHost } from './os-hosts.handlers.ts'

const RULE = 'os_compute_api:os-hosts'
const versions = '2.1-2.42'

export const hostRoutes = [
  route('GET', '/v2.1/os-hosts', listOsHosts, { policy: `${RULE}:list`, query: HostQuery, versions }),
  route('GET', '/v2.1/os-hosts/:id', showOsHost, { policy: `${RULE}:show`, versions }),
  route('PUT', '/v2.1/os-hosts/:id', updateOsHost, { policy: `${RULE}:update`, body: HostUpdate, versions }),
  route('GET', '/v2.1/os-hosts/:id/reboot', refusePowerAction, { policy: `${RULE}:reboot`, versions }),
  route('GET', '/v2.1/os-hosts/:id/shutdown', refusePowerAction, { policy: `${RULE}:shutdown`, versions }),
  route('GET', '/v2.1/os-hosts/:id/startup', refusePowerAction, { policy: `${RULE}:start`, versions }),
]
