/** Rules about availability zones. */
import { forAdmin, forAnyone } from '../policy-kinds.ts'

export const zonePolicies = [
  forAnyone('os-availability-zone:list', 'See the availability zones.', 'GET /os-availability-zone'),
  forAdmin('os-availability-zone:detail', 'See the availability zones and the hosts in them.', 'GET /os-availability-zone/detail'),
]
