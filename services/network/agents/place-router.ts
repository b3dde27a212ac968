/** An administrator puts a router on a host, or takes it off. */
import { inTransaction } from '#core/db/database.ts'
import { revise } from '../attributes/revision.store.ts'
import { noteChange } from '../changes/changes.ts'
import type { NetworkContext } from '../context.ts'
import { errors } from '../errors.ts'
import { floatingIpsOfRouter, updateFloatingIpRow } from '../floating-ips/floating-ip.store.ts'
import { portsOfDevice, updatePortRow } from '../ports/port.store.ts'
import { getRouter } from '../routers/router.store.ts'
import { agentsOfRouter, bindRouter, getAgent, L3_AGENT, unbindRouter } from './agent.store.ts'
import { holdRouter, releaseRouter } from './holding.store.ts'
import { ROUTER_PORTS } from './router-gaps.store.ts'

/** A router lives on one host: to move it, it is taken off first. Adding it where it is changes nothing. */
export async function putRouterOn(ctx: NetworkContext, routerId: string, agentId: string): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    if ((await getRouter(ctx, routerId)) === undefined) throw errors.RouterNotFound({ routerId })
    const agent = await getAgent(ctx, agentId)
    if (agent === undefined) throw errors.AgentNotFound({ id: agentId })
    if (agent.agent_type !== L3_AGENT || agent.admin_state_up === 0) throw errors.InvalidL3Agent({ id: agentId })
    const hosting = await agentsOfRouter(ctx, routerId)
    if (hosting.some((a) => a.id === agentId)) return
    if (hosting.length > 0) throw errors.RouterHostedByL3Agent({ routerId, agentId: hosting[0]!.id })
    await releaseRouter(ctx, routerId)
    await bindRouter(ctx, routerId, agentId)
    await noteChange(ctx, { routerIds: [routerId], hosts: [agent.host], reschedule: true })
  })
}

export async function takeRouterOff(ctx: NetworkContext, routerId: string, agentId: string): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    const agent = await getAgent(ctx, agentId)
    if (agent === undefined) throw errors.AgentNotFound({ id: agentId })
    const bound = await unbindRouter(ctx, routerId, agentId)
    if ((await getRouter(ctx, routerId)) === undefined) throw errors.RouterNotFound({ routerId })
    if (!bound) return
    await holdRouter(ctx, routerId)
    const ports = (await portsOfDevice(ctx, routerId, ROUTER_PORTS)).filter((p) => p.binding_host === agent.host)
    for (const port of ports) {
      await updatePortRow(ctx, port.id, { binding_host: '', binding_vif_type: 'unbound', status: 'DOWN' })
      await revise(ctx, 'ports', port.id)
    }
    await darkenFloatingIps(ctx, routerId)
    await noteChange(ctx, { routerIds: [routerId], networkIds: [...new Set(ports.map((p) => p.network_id))], hosts: [agent.host] })
  })
}

/** No host answers for them until the router runs again. */
async function darkenFloatingIps(ctx: NetworkContext, routerId: string): Promise<void> {
  for (const { id } of (await floatingIpsOfRouter(ctx, routerId)).filter((f) => f.status !== 'DOWN')) {
    await updateFloatingIpRow(ctx, id, { status: 'DOWN' })
    await revise(ctx, 'floating_ips', id)
  }
}
