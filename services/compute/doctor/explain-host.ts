/** A compute host in words: is it alive, what has it, who runs there. */
import type { Explanation } from '#core/service/explain.ts'
import { listAggregatesWithHosts, zoneOfHost } from '../aggregates/aggregate.store.ts'
import type { ComputeContext } from '../context.ts'
import { isHostUp, reportOf, type HostRow } from '../hosts/host.store.ts'
import { listServersOnHost } from '../servers/server.store.ts'
import { statusOf } from '../servers/server.states.ts'
import { roomOn } from './room.ts'

export function hostText(ctx: ComputeContext, host: HostRow): string {
  return `${host.host} (${isHostUp(ctx, host) ? 'up' : `down, last heard ${host.last_seen_at}`}${host.disabled === 1 ? ', disabled' : ''})`
}

export async function explainHost(ctx: ComputeContext, host: HostRow): Promise<Explanation> {
  const report = reportOf(host)
  const up = isHostUp(ctx, host)
  const room = await roomOn(ctx, host.node_id)
  const statuses = Map.groupBy(await listServersOnHost(ctx, host.host), (server) => statusOf(server.vm_state, server.task_state))
  const aggregates = await listAggregatesWithHosts(ctx)
  const { problem, advice } = host.forced_down === 1 ? { problem: 'An operator forced it down.', advice: [`openstack compute service set --up ${host.host} nova-compute`] }
    : !up ? { problem: 'Its agent gives no sign of life.', advice: [`Start the agent on ${host.host}.`] }
      : host.disabled === 1 ? { problem: `It takes no new servers: it is disabled${host.disabled_reason === null ? '' : ` (${host.disabled_reason})`}.`, advice: [`openstack compute service set --enable ${host.host} nova-compute`] }
        : room === undefined ? { problem: 'Placement does not know it: no server can go there.', advice: ['nacre doctor --repair'] } : { problem: undefined, advice: [] }
  return {
    type: 'compute host', id: host.node_id, name: host.host, status: `${up ? 'up' : 'down'}, ${host.disabled === 1 ? 'disabled' : 'enabled'}`, projectId: null,
    facts: [
      ['hypervisor', `${report.hypervisorType} ${report.hypervisorVersion} (${report.acceleration}) on ${host.hypervisor_hostname}, ${report.hostIp}`],
      ['has', `${report.vcpus} CPUs, ${report.memoryMiB} MiB memory, ${report.localDiskGiB} GiB disk`],
      ['free', room === undefined ? 'unknown' : [...room].map(([name, { free, capacity }]) => `${name} ${free} of ${capacity}`).join(', ')],
      ['servers', [...statuses].map(([status, servers]) => `${servers.length} ${status}`).join(', ') || 'none'],
      ['zone', zoneOfHost(ctx, aggregates, host.host)],
      ['aggregates', aggregates.filter((aggregate) => aggregate.hosts.includes(host.host)).map((aggregate) => aggregate.name).join(', ') || 'none'],
      ['last heard', `${host.last_seen_at}, started ${host.started_at}`],
      ...(host.failed_builds === 0 ? [] : [['failed builds', `${host.failed_builds} since the last good one`] as [string, string]]),
    ],
    ...(problem === undefined ? {} : { problem }), advice, related: [],
  }
}
