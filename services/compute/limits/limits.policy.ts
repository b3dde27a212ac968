/** Rules about limits. */
import { forAdmin, forAnyone } from '../policy-kinds.ts'

export const limitsPolicies = [
  forAnyone('limits', 'See the limits of one\'s own project, and what it has.', 'GET /limits'),
  forAdmin('limits:other_project', 'See those of another project.', 'GET /limits'),
]
