/** Rules about usage. */
import { forAdmin, forReader } from '../policy-kinds.ts'

export const usagePolicies = [
  forReader('os-simple-tenant-usage:show', 'See what a project has used.', 'GET /os-simple-tenant-usage/{tenant_id}'),
  forAdmin('os-simple-tenant-usage:list', 'See what each project has used.', 'GET /os-simple-tenant-usage'),
]
