/**
 * Power states: what the row says against what the hypervisor says. A host tells of changes as they happen; this
 * comparison finds what was not told, and what a restart of the host left off. It changes rows only while nothing is
 * being done with the server.
 *
 *     active  + shutdown/crashed  →  stopped (the guest shut itself down); started again when the host came back
 *     active  + absent            →  stopped; started again when the host came back
 *     stopped + running           →  stopped again: the cloud, not the host, starts servers
 *     paused  + shutdown/absent   →  as active; a suspended guest is off anyway
 */
import { inTransaction } from '#core/db/database.ts'
import { defineReconciler } from '#core/reconcile/reconcile.ts'
import type { PowerStateType } from '../agent/compute-agent.contract.ts'
import type { ComputeContext } from '../context.ts'
import { agentOf } from '../hosts/agent-of.ts'
import { isHostUp, listHosts } from '../hosts/host.store.ts'
import { startServerOperation, stopServerOperation } from '../server-actions/power.operations.ts'
import { POWER, type VmState } from './server.states.ts'
import { getServer, listServersOnHost, moveServer } from './server.store.ts'

const POWER_OF: Record<PowerStateType, number> = { running: POWER.running, paused: POWER.paused, shutdown: POWER.shutdown, crashed: POWER.crashed, suspended: POWER.suspended, absent: POWER.nostate }
const OFF = new Set<PowerStateType>(['shutdown', 'crashed', 'absent'])

export const powerStateReconciler = defineReconciler<ComputeContext>({
  name: 'power-states', everyMs: 600_000,
  async run(ctx) {
    for (const host of await listHosts(ctx)) {
      if (!isHostUp(ctx, host)) continue
      await compareHost(ctx, host.host).catch((error: unknown) => { ctx.log.warn({ err: error, host: host.host }, 'power states could not be compared; it is tried again') })
    }
  },
})

async function compareHost(ctx: ComputeContext, host: string): Promise<void> {
  const servers = (await listServersOnHost(ctx, host)).filter((server) => server.task_state === null && server.vm_state !== 'building')
  if (servers.length === 0) return
  const seen = new Map((await agentOf(ctx, host).powerStates({})).map((guest) => [guest.serverId, guest.powerState]))
  for (const server of servers) await reconcilePower(ctx, server, seen.get(server.id) ?? 'absent', host)
}

interface Known { id: string; vm_state: VmState; power_state: number }

/** Brings the row, or the guest, in line with what was seen on `host`. */
export async function reconcilePower(ctx: ComputeContext, server: Known, seen: PowerStateType, host: string): Promise<void> {
  const off = OFF.has(seen)
  if (server.vm_state === 'active' && off) return await wentOff(ctx, server, seen, host)
  if (server.vm_state === 'paused' && off) return await wentOff(ctx, server, seen, host)
  if (server.vm_state === 'stopped' && seen === 'running') return await startedAlone(ctx, server.id)
  const power = POWER_OF[seen]
  const meant = server.vm_state === 'suspended' || server.vm_state === 'stopped' || server.vm_state === 'error'
  if (!meant && power !== server.power_state) await moveServer(ctx, server.id, { vmStates: [server.vm_state], tasks: [null] }, { power_state: power })
}

/** The guest is off without anybody having asked: by itself, or because its host went down and came back. */
async function wentOff(ctx: ComputeContext, server: Known, seen: PowerStateType, host: string): Promise<void> {
  const restarted = seen === 'absent' && ctx.config.resumeGuestsStateOnHostBoot
  ctx.log.info({ resourceId: server.id, host, seen, restarted }, 'a guest is off that should run')
  await inTransaction(ctx, async (tx) => {
    const set = restarted ? { vm_state: 'stopped' as const, power_state: POWER.shutdown, task_state: 'powering-on' as const } : { vm_state: 'stopped' as const, power_state: POWER_OF[seen] === 0 ? POWER.shutdown : POWER_OF[seen] }
    if (await moveServer(tx, server.id, { vmStates: ['active', 'paused'], tasks: [null] }, set) && restarted) await tx.operations.submit(tx, startServerOperation as never, { serverId: server.id })
  })
}

async function startedAlone(ctx: ComputeContext, serverId: string): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    if (await moveServer(tx, serverId, { vmStates: ['stopped'], tasks: [null] }, { task_state: 'powering-off' })) await tx.operations.submit(tx, stopServerOperation as never, { serverId })
  })
}

/** A host told of a change. It is looked at again: news may be older than what was done since. */
export async function hearPowerState(ctx: ComputeContext, report: { serverId: string; powerState: PowerStateType; host: string }): Promise<void> {
  const server = await getServer(ctx, report.serverId)
  if (server === undefined || server.host !== report.host || server.task_state !== null || server.vm_state === 'building') return
  const [now] = await agentOf(ctx, report.host).powerStates({ serverIds: [report.serverId] })
  await reconcilePower(ctx, server, now?.powerState ?? report.powerState, report.host)
}
