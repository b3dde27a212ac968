/** Usage of projects. */
import { inHandler, route } from '#core/http/route.ts'
import { listUsages, showUsage } from './usage.handlers.ts'
import { usageListQueryVersions, usageShowQueryVersions } from './usage.versions.ts'

const RULE = 'os_compute_api:os-simple-tenant-usage'

export const usageRoutes = [
  route('GET', '/v2.1/os-simple-tenant-usage', listUsages, { policy: `${RULE}:list`, query: usageListQueryVersions }),
  route('GET', '/v2.1/os-simple-tenant-usage/:id', showUsage, { policy: inHandler(`${RULE}:show`), query: usageShowQueryVersions }),
]
