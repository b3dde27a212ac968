/**
 * Routers: each one with an interface or a gateway lives on a host; its ports are bound there. A router whose host
 * has fallen silent, or was switched off, moves to another.
 */
import { inTransaction } from '#core/db/database.ts'
import { fromJson } from '#core/db/json.ts'
import { defineReconciler } from '#core/reconcile/reconcile.ts'
import { selectIn } from '../attributes/children.ts'
import { revise } from '../attributes/revisions.ts'
import { noteChange } from '../changes/changes.ts'
import type { NetworkContext } from '../context.ts'
import type { NetworkRow } from '../database.ts'
import { getNetwork, getNetworks } from '../networks/network.store.ts'
import { bindingChange } from '../ports/binding.ts'
import { portsOfDevice, ROUTER_INTERFACE_OWNERS, updatePortRow } from '../ports/port.store.ts'
import { aliveAgents, bindRouter, L3_AGENT, loadOf, unbindRouter } from './agent.store.ts'
import { takeDue, type DueIds } from './due.ts'
import { mayJudgeSilence, silentSince } from './patience.ts'
import { hostsReaching } from './reach.ts'
import { chooseAgents } from './schedule.ts'

export const ROUTER_PORTS = [...ROUTER_INTERFACE_OWNERS, 'network:router_gateway']
const EVERY_MS = 30_000
const BATCH = 200

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
  const silent = await ctx.db.selectFrom('router_bindings').innerJoin('agents', 'agents.id', 'router_bindings.agent_id').select(['router_bindings.router_id', 'agents.id'])
    .where((eb) => eb.or([eb('agents.heartbeat_at', '<', silentSince(ctx)), eb('agents.admin_state_up', '=', 0)])).limit(BATCH).execute()
  for (const row of silent) await unbindRouter(ctx, row.router_id, row.id)
}

/** Routers that have something to do and no host. */
async function placeRouters(ctx: NetworkContext, due: DueIds): Promise<void> {
  const homeless = await ctx.db.selectFrom('routers').selectAll('routers')
    .where((eb) => eb.or([eb('routers.gw_port_id', 'is not', null), eb('routers.id', 'in', eb.selectFrom('router_interfaces').select('router_id'))]))
    .where('routers.id', 'not in', (eb) => eb.selectFrom('router_bindings').select('router_id'))
    .$if(due !== 'everything', (q) => q.where('routers.id', 'in', due as string[])).execute()
  if (homeless.length === 0) return
  const agents = await aliveAgents(ctx, L3_AGENT)
  if (agents.length === 0) return
  const load = await loadOf(ctx, 'router_bindings')
  const reaching = await hostsReaching(ctx)
  const networks = await networksOf(ctx, homeless.map((r) => r.id))
  for (const router of homeless) {
    const touched = networks.get(router.id) ?? []
    const able = agents.filter((a) => touched.every((n) => reaching(a.host, n)))
    const [agent] = chooseAgents(able, load, fromJson<string[]>(router.availability_zone_hints, []), 1)
    if (agent === undefined) {
      ctx.log.warn({ routerId: router.id }, 'no host reaches all networks of a router; trying again')
      continue
    }
    const bound = await inTransaction(ctx, async (ctx) => await place(ctx, router.id, agent))
    if (bound) load.set(agent.id, (load.get(agent.id) ?? 0) + 1)
  }
}

async function place(ctx: NetworkContext, routerId: string, agent: { id: string; host: string }): Promise<boolean> {
  // Takes the router's row: another process that places the same router waits here, and then finds it placed.
  await ctx.db.updateTable('routers').set((eb) => ({ status: eb.ref('status') })).where('id', '=', routerId).execute()
  const placed = await ctx.db.selectFrom('router_bindings').select('agent_id').where('router_id', '=', routerId).executeTakeFirst()
  if (placed !== undefined || !(await bindRouter(ctx, routerId, agent.id))) return false
  await noteChange(ctx, { routerIds: [routerId], hosts: [agent.host] })
  return true
}

/** The networks that routers have ports on. */
async function networksOf(ctx: NetworkContext, routerIds: readonly string[]): Promise<Map<string, NetworkRow[]>> {
  const legs = await selectIn<{ device_id: string; network_id: string; device_owner: string }>(ctx, 'distinct device_id, network_id, device_owner', 'ports', 'device_id', routerIds)
  const mine = legs.filter((l) => ROUTER_PORTS.includes(l.device_owner))
  const networks = new Map((await getNetworks(ctx, [...new Set(mine.map((l) => l.network_id))])).map((n) => [n.id, n]))
  const found = new Map<string, NetworkRow[]>()
  for (const leg of mine) {
    const network = networks.get(leg.network_id)
    if (network !== undefined) found.set(leg.device_id, [...(found.get(leg.device_id) ?? []), network])
  }
  return found
}

/** Router ports that are not on their router's host. */
async function bindPorts(ctx: NetworkContext, due: DueIds): Promise<void> {
  const astray = await ctx.db.selectFrom('router_bindings').innerJoin('agents', 'agents.id', 'router_bindings.agent_id').innerJoin('ports', 'ports.device_id', 'router_bindings.router_id')
    .select(['router_bindings.router_id', 'agents.host']).distinct().where('ports.device_owner', 'in', ROUTER_PORTS).whereRef('ports.binding_host', '<>', 'agents.host')
    .$if(due !== 'everything', (q) => q.where('router_bindings.router_id', 'in', due as string[])).limit(BATCH).execute()
  for (const { router_id: routerId, host } of astray) await inTransaction(ctx, async (ctx) => await bindPortsOf(ctx, routerId, host))
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
}
