/**
 * Routers: each one with an interface or a gateway lives on a host; its ports are bound there. A router whose host
 * has fallen silent, or was switched off, moves to another.
 */
import { inTransaction } from '#core/db/database.ts'
import { fromJson } from '#core/db/json.ts'
import { defineReconciler } from '#core/reconcile/reconcile.ts'
import { holdRow, revise } from '../attributes/revision.store.ts'
import { noteChange } from '../changes/changes.ts'
import type { NetworkContext } from '../context.ts'
import type { NetworkRow } from '../database.ts'
import { getNetwork, getNetworks } from '../networks/network.store.ts'
import { bindingChange } from '../ports/binding.ts'
import { portsOfDevice, updatePortRow } from '../ports/port.store.ts'
import { aliveAgents, bindRouter, L3_AGENT, onSilentHosts, unbindRouter } from './agent.store.ts'
import { takeDue, type DueIds } from './due.ts'
import { mayJudgeSilence, silentSince } from './patience.ts'
import { homelessRouters, isPlaced, networksTouched, ROUTER_PORTS, routersWithPortsAstray } from './router-gaps.store.ts'
import { chooseAgents, noteGiven, staffOf } from './schedule.ts'

const EVERY_MS = 30_000

export const routerReconciler = defineReconciler<NetworkContext>({
  name: 'routers',
  everyMs: EVERY_MS,
  async run(ctx) {
    const due = takeDue(ctx, 'routers', EVERY_MS)
    if (due === 'everything' && mayJudgeSilence(ctx)) await leaveSilentHosts(ctx)
    await placeRouters(ctx, due)
    await bindPorts(ctx, due)
  },
})

async function leaveSilentHosts(ctx: NetworkContext): Promise<void> {
  if ((await aliveAgents(ctx, L3_AGENT)).length === 0) return
  for (const { id, agentId } of await onSilentHosts(ctx, 'router_bindings', silentSince(ctx))) await unbindRouter(ctx, id, agentId)
}

async function placeRouters(ctx: NetworkContext, due: DueIds): Promise<void> {
  const homeless = await homelessRouters(ctx, due)
  const staff = homeless.length === 0 ? undefined : await staffOf(ctx, L3_AGENT)
  if (staff === undefined) return
  const networks = await networksOf(ctx, homeless.map((r) => r.id))
  for (const router of homeless) {
    const touched = networks.get(router.id) ?? []
    const able = staff.agents.filter((a) => touched.every((n) => staff.reaching(a.host, n)))
    const [agent] = chooseAgents(able, staff.load, fromJson<string[]>(router.availability_zone_hints, []), 1)
    if (agent === undefined) {
      ctx.log.warn({ routerId: router.id }, 'no host reaches all networks of a router; trying again')
      continue
    }
    if (await inTransaction(ctx, async (ctx) => await place(ctx, router.id, agent))) noteGiven(staff, agent.id)
  }
}

async function place(ctx: NetworkContext, routerId: string, agent: { id: string; host: string }): Promise<boolean> {
  await holdRow(ctx, 'routers', routerId)
  if (await isPlaced(ctx, routerId) || !(await bindRouter(ctx, routerId, agent.id))) return false
  await noteChange(ctx, { routerIds: [routerId], hosts: [agent.host] })
  return true
}

/** The networks that routers have ports on. */
async function networksOf(ctx: NetworkContext, routerIds: readonly string[]): Promise<Map<string, NetworkRow[]>> {
  const touched = await networksTouched(ctx, routerIds)
  const networks = new Map((await getNetworks(ctx, [...new Set(touched.map((t) => t.network))])).map((n) => [n.id, n]))
  const found = new Map<string, NetworkRow[]>()
  for (const { router, network: id } of touched) {
    const network = networks.get(id)
    if (network !== undefined) found.set(router, [...(found.get(router) ?? []), network])
  }
  return found
}

async function bindPorts(ctx: NetworkContext, due: DueIds): Promise<void> {
  for (const { router_id: routerId, host } of await routersWithPortsAstray(ctx, due)) await inTransaction(ctx, async (ctx) => await bindPortsOf(ctx, routerId, host))
}

async function bindPortsOf(ctx: NetworkContext, routerId: string, host: string): Promise<void> {
  const left = new Set<string>()
  const moved = (await portsOfDevice(ctx, routerId, ROUTER_PORTS)).filter((p) => p.binding_host !== host)
  for (const port of moved) {
    if (port.binding_host !== '') left.add(port.binding_host)
    const network = await getNetwork(ctx, port.network_id)
    if (network === undefined) continue
    await updatePortRow(ctx, port.id, await bindingChange(ctx, port, { 'binding:host_id': host }, network))
    await revise(ctx, 'ports', port.id)
  }
  await noteChange(ctx, { routerIds: [routerId], networkIds: [...new Set(moved.map((p) => p.network_id))], hosts: [host, ...left] })
  // By name too: the host may have run the router, and told of its ports, before they were bound to it. It speaks again of what it is asked for.
  await noteChange(ctx, { portIds: moved.map((p) => p.id) })
}
