/** What servers used in a period, summed up by project: hours, and sizes times hours. */
import { isoMicrosNoZone } from '#core/time/clock.ts'
import { flavorOf } from '../servers/server.row.ts'
import type { Period, UsedServer } from './usage.store.ts'

interface ServerUsage {
  hours: number
  flavor: string
  instance_id: string
  name: string
  tenant_id: string
  memory_mb: number
  local_gb: number
  vcpus: number
  started_at: string
  ended_at: string | null
  state: string
  uptime: number
}

export interface ProjectUsage {
  tenant_id: string
  server_usages?: ServerUsage[]
  total_local_gb_usage: number
  total_vcpus_usage: number
  total_memory_mb_usage: number
  total_hours: number
  start: string
  stop: string
}

/** Usage of each project in the order of the servers; with each server's where `detailed`. */
export function projectUsages(servers: UsedServer[], period: Period, nowMs: number, detailed: boolean): ProjectUsage[] {
  const projects = new Map<string, ProjectUsage>()
  for (const server of servers) {
    let project = projects.get(server.project_id)
    if (project === undefined) projects.set(server.project_id, (project = emptyUsage(server.project_id, period, detailed)))
    addUsage(project, serverUsage(server, period, nowMs))
  }
  return [...projects.values()]
}

function emptyUsage(tenantId: string, { start, stop }: Period, detailed: boolean): ProjectUsage {
  return {
    tenant_id: tenantId, ...(detailed ? { server_usages: [] } : {}),
    total_local_gb_usage: 0, total_vcpus_usage: 0, total_memory_mb_usage: 0, total_hours: 0, start: isoMicrosNoZone(start), stop: isoMicrosNoZone(stop),
  }
}

function addUsage(project: ProjectUsage, usage: ServerUsage): void {
  /* oxlint-disable no-param-reassign -- a sum is made by adding to it */
  project.total_local_gb_usage += usage.local_gb * usage.hours
  project.total_vcpus_usage += usage.vcpus * usage.hours
  project.total_memory_mb_usage += usage.memory_mb * usage.hours
  project.total_hours += usage.hours
  /* oxlint-enable no-param-reassign */
  project.server_usages?.push(usage)
}

function serverUsage(server: UsedServer, period: Period, nowMs: number): ServerUsage {
  const started = server.launched_at!
  const ended = server.terminated_at
  const from = Math.max(Date.parse(started), Date.parse(period.start))
  const to = ended === null ? Date.parse(period.stop) : Math.min(Date.parse(ended), Date.parse(period.stop))
  return {
    hours: (to - from) / 3_600_000, flavor: flavorOf(server).name, instance_id: server.id, name: server.display_name, tenant_id: server.project_id,
    memory_mb: server.memory_mb, local_gb: server.root_gb + server.ephemeral_gb, vcpus: server.vcpus,
    started_at: isoMicrosNoZone(started), ended_at: ended === null ? null : isoMicrosNoZone(ended), state: ended === null ? server.vm_state : 'terminated',
    uptime: Math.trunc(((ended === null ? nowMs : Date.parse(ended)) - Date.parse(started)) / 1000),
  }
}
