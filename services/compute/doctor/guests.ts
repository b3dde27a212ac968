/** Hosts against the servers: what lies on a host belongs to a server there, and guests are as their servers say. */
import { explainError } from '#core/errors/errors.ts'
import type { PowerStateType } from '../agent/compute-agent.contract.ts'
import type { ComputeContext } from '../context.ts'
import { agentOf } from '../hosts/agent-of.ts'
import { isHostUp, listHosts } from '../hosts/host.store.ts'
import { reconcilePower } from '../servers/power-state.reconciler.ts'
import { serverSpec } from '../servers/server-spec.ts'
import { POWER, type VmState } from '../servers/server.states.ts'
import { getServer, moveServer } from '../servers/server.store.ts'
import { listCheckedServers, placesOf, type CheckedServer } from './doctor.store.ts'
import { prove, type Finding } from './prove.ts'

/** How a guest may be, by what its server is. Other states promise nothing. */
const FITTING: Partial<Record<VmState, readonly PowerStateType[]>> = {
  active: ['running'],
  paused: ['paused'],
  suspended: ['suspended', 'shutdown'],
  stopped: ['shutdown', 'crashed', 'suspended'],
  rescued: ['running', 'paused', 'shutdown', 'crashed'],
  resized: ['running', 'paused', 'shutdown', 'crashed'],
}

export const guestsCheck = prove({
  name: 'guests', invariant: 'Guests and folders on live hosts belong to servers, and every server has its guest on its host, running or not as it says.',
  async find(ctx) {
    const byHost = Map.groupBy(await listCheckedServers(ctx), (server) => server.host)
    const hosts = (await listHosts(ctx)).filter((host) => isHostUp(ctx, host))
    return (await Promise.all(hosts.map((host) => lookAt(ctx, host.host, byHost.get(host.host) ?? [])))).flat()
  },
})

async function lookAt(ctx: ComputeContext, host: string, servers: CheckedServer[]): Promise<Finding[]> {
  try {
    const guests = new Map((await agentOf(ctx, host).powerStates({})).map((guest) => [guest.serverId, guest.powerState]))
    const orphans = await agentOf(ctx, host).orphans({ known: servers.map((server) => server.id), remove: false })
    return [...servers.flatMap((server) => mismatch(server, guests.get(server.id) ?? 'absent', host)), ...await strangers(ctx, host, orphans)]
  } catch (error) {
    return [{ kind: 'host-does-not-answer', resource: 'compute host', id: host, sentence: `the compute agent of ${host} does not tell what is there: ${explainError(error)}` }]
  }
}

/** Servers that came to the host while it was asked are none. */
async function strangers(ctx: ComputeContext, host: string, orphans: { kind: string; id: string; path: string }[]): Promise<Finding[]> {
  const places = await placesOf(ctx, [...new Set(orphans.map((orphan) => orphan.id))])
  return orphans.filter(({ id }) => !isThere(places.get(id), host)).map(({ kind, id, path }) => ({
    kind: `orphan-${kind}`, resource: kind, id, serverId: id, sentence: `${kind} ${path} on ${host} belongs to no server there`,
    mend: async (ctx) => {
      // The one thing that cannot be taken back: looked at once more, and this guest alone is ended.
      if (!isThere((await placesOf(ctx, [id])).get(id), host)) await agentOf(ctx, host).destroy({ serverId: id })
    },
  }))
}

function isThere(place: { host: string | null; deleted: number } | undefined, host: string): boolean {
  return place?.deleted === 0 && place.host === host
}

function mismatch(server: CheckedServer, seen: PowerStateType, host: string): Finding[] {
  const fitting = FITTING[server.vm_state]
  if (fitting === undefined || server.task_state !== null || fitting.includes(seen)) return []
  const about = { resource: 'server', id: server.id, serverId: server.id }
  if (seen === 'absent' && (server.vm_state === 'stopped' || server.vm_state === 'suspended')) {
    return [{ kind: 'lost-guest', ...about, sentence: `server ${server.id} is ${server.vm_state} and has no guest on ${host}`, mend: async (ctx) => { await defineAgain(ctx, server, host) } }]
  }
  const repair = repairOf(server.vm_state, seen, host)
  return [{
    kind: seen === 'absent' ? 'lost-guest' : 'wrong-power-state', ...about, sentence: `server ${server.id} is ${server.vm_state}, and its guest on ${host} is ${seen}`,
    ...(repair === undefined ? {} : { mend: async (ctx: ComputeContext) => { await repair(ctx, server.id) } }),
  }]
}

/** The guest is known to its host again, off, over its disks. One that somebody starts meanwhile makes its own. */
async function defineAgain(ctx: ComputeContext, { id, vm_state: state }: CheckedServer, host: string): Promise<void> {
  const server = await getServer(ctx, id)
  if (server?.task_state === null && server.vm_state === state && server.host === host) await agentOf(ctx, host).define({ spec: await serverSpec(ctx, server) })
}

type Repair = (ctx: ComputeContext, serverId: string) => Promise<void>

function repairOf(state: VmState, seen: PowerStateType, host: string): Repair | undefined {
  const follow = (vmState: VmState, power: number): Repair => async (ctx, id) => { await moveServer(ctx, id, { vmStates: [state], tasks: [null] }, { vm_state: vmState, power_state: power }) }
  if (state === 'active' && seen === 'paused') return async (ctx, serverId) => { await agentOf(ctx, host).unpause({ serverId }) }
  if (state === 'paused' && seen === 'running') return async (ctx, serverId) => { await agentOf(ctx, host).pause({ serverId }) }
  if (state === 'stopped' && seen === 'paused') return async (ctx, serverId) => { await agentOf(ctx, host).stop({ serverId, timeoutS: 0 }) }
  if ((state === 'active' || state === 'paused') && seen === 'suspended') return follow('suspended', POWER.shutdown)
  if (state === 'suspended') return seen === 'running' ? follow('active', POWER.running) : seen === 'paused' ? follow('paused', POWER.paused) : undefined
  if (state === 'rescued' || state === 'resized') return undefined
  return async (ctx, id) => {
    const server = await getServer(ctx, id)
    if (server !== undefined && server.task_state === null) await reconcilePower(ctx, server, seen, host)
  }
}
