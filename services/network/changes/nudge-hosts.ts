/**
 * Telling hosts. Changes that arrive in a burst are told together: each host concerned hears once which ports,
 * networks, routers and groups to look at. Nobody waits for a host, and nothing is told to one that is silent: it
 * asks for everything when it returns.
 */
import { agentTopic } from '#core/agents/contract.ts'
import { defineReconciler } from '#core/reconcile/reconcile.ts'
import { networkAgentContract } from '../agent/network-agent.contract.ts'
import { listeningHosts } from '../agents/agent.store.ts'
import { noteDue } from '../agents/due.ts'
import type { NetworkContext } from '../context.ts'
import type { Change } from './changes.ts'
import { concernedHosts } from './concerned-hosts.ts'

const waiting = new WeakMap<object, Change[]>()

/** A change was committed: hold it until the next round. */
export function holdChange(ctx: NetworkContext, change: Change): void {
  const held = waiting.get(ctx.config)
  if (held === undefined) waiting.set(ctx.config, [change])
  else held.push(change)
  if (change.reschedule === true) {
    const { networkIds, routerIds } = change
    if (networkIds === undefined && routerIds === undefined) for (const kind of ['dhcp', 'routers'] as const) noteDue(ctx, kind)
    if (networkIds !== undefined) noteDue(ctx, 'dhcp', networkIds)
    if (routerIds !== undefined) noteDue(ctx, 'routers', routerIds)
  }
  ctx.nudge('nudges')
}

export const nudgeReconciler = defineReconciler<NetworkContext>({
  name: 'nudges',
  everyMs: 30_000,
  async run(ctx) {
    const changes = waiting.get(ctx.config)?.splice(0) ?? []
    if (changes.length === 0) return
    const listening = await listeningHosts(ctx)
    if (listening.size === 0) return
    for (const [host, nudge] of await concernedHosts(ctx, changes, listening)) {
      const { everything } = nudge
      const list = (ids: Set<string>): string[] => (everything ? [] : [...ids])
      const input = {
        networkIds: list(nudge.networkIds), leaseNetworkIds: list(nudge.leaseNetworkIds), routerIds: list(nudge.routerIds),
        portIds: list(nudge.portIds), securityGroupIds: list(nudge.securityGroupIds),
      }
      await ctx.bus.cast(agentTopic(networkAgentContract, host), { verb: 'changed', input })
    }
  },
})
