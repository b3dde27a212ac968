/** Quota sets and quota classes. */
import { inHandler, route } from '#core/http/route.ts'
import { showQuotaClass, updateQuotaClass } from './quota-class.handlers.ts'
import { deleteQuotaSet, showQuotaDefaults, showQuotaDetail, showQuotaSet, updateQuotaSet } from './quota-set.handlers.ts'
import { quotaClassVersions, quotaQueryVersions, quotaSetVersions } from './quota.versions.ts'

const SETS = 'os_compute_api:os-quota-sets'
const CLASSES = 'os_compute_api:os-quota-class-sets'
const query = quotaQueryVersions

export const quotaRoutes = [
  route('GET', '/v2.1/os-quota-sets/:id', showQuotaSet, { policy: inHandler(`${SETS}:show`), query }),
  route('PUT', '/v2.1/os-quota-sets/:id', updateQuotaSet, { policy: inHandler(`${SETS}:update`), query, body: quotaSetVersions }),
  route('DELETE', '/v2.1/os-quota-sets/:id', deleteQuotaSet, { policy: inHandler(`${SETS}:delete`), query, status: 202 }),
  route('GET', '/v2.1/os-quota-sets/:id/detail', showQuotaDetail, { policy: inHandler(`${SETS}:detail`), query }),
  route('GET', '/v2.1/os-quota-sets/:id/defaults', showQuotaDefaults, { policy: inHandler(`${SETS}:defaults`) }),
  route('GET', '/v2.1/os-quota-class-sets/:id', showQuotaClass, { policy: `${CLASSES}:show` }),
  route('PUT', '/v2.1/os-quota-class-sets/:id', updateQuotaClass, { policy: `${CLASSES}:update`, body: quotaClassVersions }),
]
