/** The rule about the list of moves. */
import { forAdmin } from '../policy-kinds.ts'

export const serverMigrationPolicies = [forAdmin('os-migrations:index', 'See the moves of servers between hosts.', 'GET /os-migrations')]
