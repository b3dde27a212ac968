/**
 * The audit of usage: upstream's hosts each write one at the end of a period (a month). Usage is computed from the
 * servers here, so no host has run one, and the answer says so.
 */
import type { RouteRequest } from '#core/http/route.ts'
import type { ComputeContext } from '../context.ts'
import { errors } from '../errors.ts'
import { listHosts } from '../hosts/host.store.ts'

const FORM = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d{1,6})?$/

export async function listAuditLogs(ctx: ComputeContext): Promise<object> {
  return { instance_usage_audit_logs: await auditBefore(ctx, ctx.clock.now()) }
}

export async function showAuditLog(ctx: ComputeContext, request: RouteRequest): Promise<object> {
  const text = request.params['before']!
  const at = FORM.test(text) ? Date.parse(`${text.replace(' ', 'T')}Z`) : Number.NaN
  if (Number.isNaN(at)) throw errors.BadRequest({ message: `Invalid timestamp for date ${text}` })
  return { instance_usage_audit_log: await auditBefore(ctx, at) }
}

async function auditBefore(ctx: ComputeContext, atMs: number): Promise<object> {
  const hosts = (await listHosts(ctx)).map((host) => host.host)
  const [beginning, ending] = monthBefore(new Date(atMs))
  return {
    hosts_not_run: hosts, log: {}, num_hosts: hosts.length, num_hosts_done: 0, num_hosts_not_run: hosts.length, num_hosts_running: 0,
    overall_status: hosts.length === 0 ? 'ALL hosts done. 0 errors.' : `0 of ${hosts.length} hosts done. 0 errors.`,
    period_beginning: beginning, period_ending: ending, total_errors: 0, total_instances: 0,
  }
}

/** Beginning and end of the last month that was over before a moment. */
function monthBefore(moment: Date): [string, string] {
  const [year, month] = [moment.getUTCFullYear(), moment.getUTCMonth()]
  const back = Date.UTC(year, month, 1) >= moment.getTime() ? 1 : 0
  return [shown(Date.UTC(year, month - back - 1, 1)), shown(Date.UTC(year, month - back, 1))]
}

function shown(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ')
}
