/** Rules about hosts, as versions up to 2.42 knew them. */
import { forAdmin } from '../policy-kinds.ts'

const ONE = '/os-hosts/{host_name}'

export const hostPolicies = [
  forAdmin('os-hosts:list', 'See all hosts.', 'GET /os-hosts'),
  forAdmin('os-hosts:show', 'See what a host has, and who uses it.', `GET ${ONE}`),
  forAdmin('os-hosts:update', 'Enable or disable a host.', `PUT ${ONE}`),
  forAdmin('os-hosts:reboot', 'Restart a host.', `GET ${ONE}/reboot`),
  forAdmin('os-hosts:shutdown', 'Switch a host off.', `GET ${ONE}/shutdown`),
  forAdmin('os-hosts:start', 'Switch a host on.', `GET ${ONE}/startup`),
]
