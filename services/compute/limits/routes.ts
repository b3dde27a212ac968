/** Limits. */
import { route } from '#core/http/route.ts'
import { showLimits } from './limits.handlers.ts'
import { limitsQueryVersions } from './limits.versions.ts'

export const limitsRoutes = [route('GET', '/v2.1/limits', showLimits, { policy: 'os_compute_api:limits', query: limitsQueryVersions })]
