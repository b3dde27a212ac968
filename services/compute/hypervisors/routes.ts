/** Hypervisors. */
import { route } from '#core/http/route.ts'
import {
  listHypervisors, listHypervisorsDetail, listHypervisorServers, searchHypervisors, showHypervisor, showStatistics, showUptime,
} from './hypervisor.handlers.ts'
import { HypervisorShowQuery } from './hypervisor.schema.ts'
import { hypervisorQueryVersions } from './hypervisor.versions.ts'

const RULE = 'os_compute_api:os-hypervisors'
const query = hypervisorQueryVersions

export const hypervisorRoutes = [
  route('GET', '/v2.1/os-hypervisors', listHypervisors, { policy: `${RULE}:list`, query }),
  route('GET', '/v2.1/os-hypervisors/detail', listHypervisorsDetail, { policy: `${RULE}:list-detail`, query }),
  route('GET', '/v2.1/os-hypervisors/statistics', showStatistics, { policy: `${RULE}:statistics`, versions: '2.1-2.87' }),
  route('GET', '/v2.1/os-hypervisors/:id', showHypervisor, { policy: `${RULE}:show`, versions: '2.1-2.52' }),
  route('GET', '/v2.1/os-hypervisors/:id', showHypervisor, { policy: `${RULE}:show`, query: HypervisorShowQuery, versions: '2.53-' }),
  route('GET', '/v2.1/os-hypervisors/:id/uptime', showUptime, { policy: `${RULE}:uptime`, versions: '2.1-2.87' }),
  route('GET', '/v2.1/os-hypervisors/:id/search', searchHypervisors, { policy: `${RULE}:search`, versions: '2.1-2.52' }),
  route('GET', '/v2.1/os-hypervisors/:id/servers', listHypervisorServers, { policy: `${RULE}:servers`, versions: '2.1-2.52' }),
]
