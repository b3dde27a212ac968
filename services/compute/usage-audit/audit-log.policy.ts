/** Who may see the audit of usage. */
import { definePolicies } from '#core/policy/policy.ts'
import { forAdmin } from '../policy-kinds.ts'

export const usageAuditPolicies = definePolicies([
  forAdmin('os-instance-usage-audit-log:list', 'See the last audit of usage', 'GET /os-instance_usage_audit_log'),
  forAdmin('os-instance-usage-audit-log:show', 'See the last audit of usage before a time', 'GET /os-instance_usage_audit_log/{before_timestamp}'),
])
