/** Rules about services. */
import { forAdmin } from '../policy-kinds.ts'

export const servicePolicies = [
  forAdmin('os-services:list', 'See the services of compute.', 'GET /os-services'),
  forAdmin('os-services:update', 'Enable, disable or force down a compute host.', 'PUT /os-services/{service_id}'),
  forAdmin('os-services:delete', 'Forget a service.', 'DELETE /os-services/{service_id}'),
]
