/** Serves the questions and reports of hosts on the bus, and hears what was committed, to tell them. */
import { serveAgent } from '#core/agents/contract.ts'
import { NETWORK_HOST_API, networkHostContract } from '../agent/network-agent.contract.ts'
import { recordHeartbeat } from '../agents/record-heartbeat.ts'
import { CHANGED_TOPIC, type Change } from '../changes/changes.ts'
import { holdChange } from '../changes/nudge-hosts.ts'
import type { NetworkContext } from '../context.ts'
import { portByAddress } from './port-by-address.store.ts'
import { reportPorts, reportRouters } from './reports.ts'
import { wantedState } from './wanted-state.ts'

/** Answers how to stop. `tells`: this process also nudges hosts; one in a cloud suffices. */
export async function serveHosts(ctx: NetworkContext, tells: boolean): Promise<() => Promise<void>> {
  const stopServing = await serveAgent(ctx.bus, networkHostContract, NETWORK_HOST_API, {
    wantedState: (question) => wantedState(ctx, question),
    async reportPorts(report) { await reportPorts(ctx, report); return null },
    async reportRouters(report) { await reportRouters(ctx, report); return null },
    portByAddress: (question) => portByAddress(ctx, question),
    async heartbeat(beat) { await recordHeartbeat(ctx, beat); return null },
  })
  const stopHearing = tells ? await ctx.bus.subscribe(CHANGED_TOPIC, (change) => holdChange(ctx, change as Change)) : async () => {}
  return async () => {
    await stopServing()
    await stopHearing()
  }
}
