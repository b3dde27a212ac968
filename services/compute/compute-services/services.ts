/** Every service of compute in one shape: hosts that run servers, and the control services. */
import { listAggregatesWithHosts, zoneOfHost } from '../aggregates/aggregate.store.ts'
import type { ComputeContext } from '../context.ts'
import { isHostUp, listHosts, type HostRow } from '../hosts/host.store.ts'
import { listControlServices, type ControlServiceRow } from './service.store.ts'

export const COMPUTE = 'nova-compute'
/** Zone of services that run no servers. */
export const INTERNAL_ZONE = 'internal'

export interface Service {
  id: string
  number: number
  binary: string
  host: string
  zone: string
  disabled: boolean
  disabledReason: string | null
  forcedDown: boolean
  up: boolean
  lastSeenAt: string
}

export async function listServices(ctx: ComputeContext): Promise<Service[]> {
  const aggregates = await listAggregatesWithHosts(ctx)
  const hosts = (await listHosts(ctx)).map((row) => ofHost(ctx, row, zoneOfHost(ctx, aggregates, row.host)))
  const control = (await listControlServices(ctx)).map((row) => ofControl(ctx, row))
  return [...control, ...hosts].sort((a, b) => a.number - b.number)
}

export function ofHost(ctx: ComputeContext, row: HostRow, zone: string): Service {
  return {
    id: row.id, number: row.number, binary: COMPUTE, host: row.host, zone, disabled: row.disabled === 1, disabledReason: row.disabled_reason,
    forcedDown: row.forced_down === 1, up: isHostUp(ctx, row), lastSeenAt: row.last_seen_at,
  }
}

function ofControl(ctx: ComputeContext, row: ControlServiceRow): Service {
  return {
    id: row.id, number: row.number, binary: row.kind, host: row.host, zone: INTERNAL_ZONE, disabled: false, disabledReason: null,
    forcedDown: false, up: isHostUp(ctx, { last_seen_at: row.last_seen_at, forced_down: 0 }), lastSeenAt: row.last_seen_at,
  }
}
