/** Rules about quotas. */
import { forAdmin, forAnyone, forReader } from '../policy-kinds.ts'

const ONE = '/os-quota-sets/{tenant_id}'

export const quotaPolicies = [
  forReader('os-quota-sets:show', 'See the limits of a project.', `GET ${ONE}`),
  forReader('os-quota-sets:detail', 'See the limits of a project, and what it has.', `GET ${ONE}/detail`),
  forAnyone('os-quota-sets:defaults', 'See the limits of projects in general.', `GET ${ONE}/defaults`),
  forAdmin('os-quota-sets:update', 'Set limits of a project.', `PUT ${ONE}`),
  forAdmin('os-quota-sets:delete', 'Give a project the general limits again.', `DELETE ${ONE}`),
  forAdmin('os-quota-class-sets:show', 'See the limits of a quota class.', 'GET /os-quota-class-sets/{quota_class}'),
  forAdmin('os-quota-class-sets:update', 'Set limits of a quota class.', 'PUT /os-quota-class-sets/{quota_class}'),
]
