/** Services of compute. */
import { route } from '#core/http/route.ts'
import { actOnService, deleteService, listServicesHandler, updateService } from './service.handlers.ts'
import { ServiceUpdate } from './service.schema.ts'
import { namedUpdateVersions, serviceListVersions, serviceQueryVersions } from './service.versions.ts'

const RULE = 'os_compute_api:os-services'

export const serviceRoutes = [
  route('GET', '/v2.1/os-services', listServicesHandler, { policy: `${RULE}:list`, query: serviceQueryVersions, response: serviceListVersions }),
  route('PUT', '/v2.1/os-services/:id', actOnService, { policy: `${RULE}:update`, body: namedUpdateVersions, versions: '2.1-2.52' }),
  route('PUT', '/v2.1/os-services/:id', updateService, { policy: `${RULE}:update`, body: ServiceUpdate, versions: '2.53-' }),
  route('DELETE', '/v2.1/os-services/:id', deleteService, { policy: `${RULE}:delete`, status: 204 }),
]
