/** Who may send servers to other hosts. */
import { definePolicies } from '#core/policy/policy.ts'
import { forAdmin } from '../policy-kinds.ts'

export const migratePolicies = definePolicies([forAdmin('os-migrate-server:migrate', 'Send a server to another host', 'POST /servers/{server_id}/action (migrate)')])
