/** Rules about hypervisors. */
import { forAdmin } from '../policy-kinds.ts'

export const hypervisorPolicies = [
  forAdmin('os-hypervisors:list', 'See all hypervisors.', 'GET /os-hypervisors'),
  forAdmin('os-hypervisors:list-detail', 'See all hypervisors with what they have.', 'GET /os-hypervisors/detail'),
  forAdmin('os-hypervisors:statistics', 'See the sums over all hypervisors.', 'GET /os-hypervisors/statistics'),
  forAdmin('os-hypervisors:show', 'See one hypervisor.', 'GET /os-hypervisors/{hypervisor_id}'),
  forAdmin('os-hypervisors:uptime', 'See how long a hypervisor has been up.', 'GET /os-hypervisors/{hypervisor_id}/uptime'),
  forAdmin('os-hypervisors:search', 'Find hypervisors by their names.', 'GET /os-hypervisors/{hypervisor_hostname_pattern}/search'),
  forAdmin('os-hypervisors:servers', 'See the servers of hypervisors found by name.', 'GET /os-hypervisors/{hypervisor_hostname_pattern}/servers'),
]
