/** Floating IPs follow their port: when it goes, or loses the address they stand for, they come free. */
import { reviseAll } from '../attributes/revision.store.ts'
import { noteChange } from '../changes/changes.ts'
import type { NetworkContext } from '../context.ts'
import type { FloatingIpRow, PortRow } from '../database.ts'
import { floatingIpsOfPort, updateFloatingIpRow } from './floating-ip.store.ts'

export async function leaveFloatingIps(ctx: NetworkContext, port: PortRow): Promise<void> {
  await release(ctx, await floatingIpsOfPort(ctx, port.id))
}

/** The port lost these addresses. */
export async function moveFloatingIps(ctx: NetworkContext, port: PortRow, lost: readonly string[]): Promise<void> {
  if (lost.length === 0) return
  await release(ctx, (await floatingIpsOfPort(ctx, port.id)).filter((f) => f.fixed_ip_address !== null && lost.includes(f.fixed_ip_address)))
}

async function release(ctx: NetworkContext, rows: readonly FloatingIpRow[]): Promise<void> {
  for (const row of rows) await updateFloatingIpRow(ctx, row.id, { fixed_port_id: null, fixed_ip_address: null, router_id: null, status: 'DOWN' })
  await reviseAll(ctx, 'floating_ips', rows.map((r) => r.id))
  const routerIds = [...new Set(rows.map((r) => r.router_id).filter((id) => id !== null))]
  if (routerIds.length > 0) await noteChange(ctx, { routerIds })
}
