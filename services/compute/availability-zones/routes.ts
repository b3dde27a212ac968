/** Availability zones. */
import { route } from '#core/http/route.ts'
import { listZones, listZonesDetail } from './zone.handlers.ts'

const RULE = 'os_compute_api:os-availability-zone'

export const zoneRoutes = [
  route('GET', '/v2.1/os-availability-zone', listZones, { policy: `${RULE}:list` }),
  route('GET', '/v2.1/os-availability-zone/detail', listZonesDetail, { policy: `${RULE}:detail` }),
]
