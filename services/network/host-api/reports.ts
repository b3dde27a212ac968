/** What hosts report: ports that are wired or gone, routers that run. A report may come twice. */
import { inTransaction } from '#core/db/database.ts'
import { emit } from '#core/db/outbox.ts'
import { PORT_STATUS_TOPIC, type PortStatusEvent } from '../changes/changes.ts'
import type { NetworkContext } from '../context.ts'
import type { PortRow } from '../database.ts'
import { getPorts } from '../ports/port.store.ts'
import { floatingIpsInUse, markFloatingIps, markPorts, routersOnHost, type Status } from './report.store.ts'

/** More ids in one statement than this are written in turns. */
const CHUNK = 4096

/** Only a port that is bound to the reporting host, and switched on, can be active. */
export async function reportPorts(ctx: NetworkContext, report: { host: string; up: string[]; down: string[] }): Promise<void> {
  const down = new Set(report.down)
  const ids = [...new Set([...report.up, ...report.down])]
  if (ids.length === 0) return
  const known = (await getPorts(ctx, ids)).filter((p) => p.binding_host === report.host)
  const isUp = (p: PortRow): boolean => !down.has(p.id) && p.admin_state_up === 1 && p.binding_vif_type === 'bridge'
  const turned = known.filter((p) => p.status !== (isUp(p) ? 'ACTIVE' : 'DOWN'))
  if (turned.length === 0) return
  await inTransaction(ctx, async (ctx) => {
    await moveTo(ctx, report.host, turned.filter(isUp), 'ACTIVE')
    await moveTo(ctx, report.host, turned.filter((p) => !isUp(p)), 'DOWN')
  })
}

/** A port that was bound elsewhere meanwhile is left as it is; compute hears of the others. */
async function moveTo(ctx: NetworkContext, host: string, ports: readonly PortRow[], status: Status): Promise<void> {
  for (let at = 0; at < ports.length; at += CHUNK) {
    await markPorts(ctx, host, ports.slice(at, at + CHUNK).map((p) => p.id), status)
  }
  for (const port of ports.filter((p) => !p.device_owner.startsWith('network:'))) {
    await emit(ctx, PORT_STATUS_TOPIC, { portId: port.id, status, deviceId: port.device_id, host } satisfies PortStatusEvent)
  }
}

/** The floating IPs of the host's routers follow them: they work where the router runs. */
export async function reportRouters(ctx: NetworkContext, report: { host: string; active: string[] }): Promise<void> {
  const floating = await floatingIpsInUse(ctx, await routersOnHost(ctx, report.host))
  const active = new Set(report.active)
  for (const status of ['ACTIVE', 'DOWN'] as const) {
    const ids = floating.filter((f) => active.has(f.router_id!) === (status === 'ACTIVE') && f.status !== status).map((f) => f.id)
    if (ids.length > 0) await markFloatingIps(ctx, report.host, ids, status)
  }
}
