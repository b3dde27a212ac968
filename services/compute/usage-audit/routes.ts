/** The audit of usage. */
import { route } from '#core/http/route.ts'
import { listAuditLogs, showAuditLog } from './audit-log.handlers.ts'

const RULE = 'os_compute_api:os-instance-usage-audit-log'

export const usageAuditRoutes = [
  route('GET', '/v2.1/os-instance_usage_audit_log', listAuditLogs, { policy: `${RULE}:list` }),
  route('GET', '/v2.1/os-instance_usage_audit_log/:before', showAuditLog, { policy: `${RULE}:show` }),
]
