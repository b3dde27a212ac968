/** What must be true of networks, ports and routers beyond their tables: somebody serves them, and is alive. */
import { inTransaction } from '#core/db/database.ts'
import type { Check, Problem } from '#core/service/explain.ts'
import { aliveSince } from '../agents/alive.ts'
import { dhcpReconciler } from '../agents/dhcp.reconciler.ts'
import { noteDue } from '../agents/due.ts'
import { routerReconciler } from '../agents/router.reconciler.ts'
import { noteChange } from '../changes/changes.ts'
import type { NetworkContext } from '../context.ts'
import { updateFloatingIpRow } from '../floating-ips/floating-ip.store.ts'
import { floatingIpsAstray, hostlessRouters, portsOnSilentHosts, unservedNetworks } from './doctor.store.ts'
import { looseEnds } from './loose-ends.ts'

type Found = Omit<Problem, 'repairable' | 'repaired'>

/** Finds, lets a scheduler work, and finds again: what is gone then was mended. */
async function mendBy(find: () => Promise<Found[]>, mend: () => Promise<void>, repair: boolean): Promise<Problem[]> {
  const before = await find()
  if (!repair || before.length === 0) return before.map((p) => ({ ...p, repairable: true, repaired: false }))
  await mend()
  const left = new Set((await find()).map((p) => p.id))
  return before.map((p) => ({ ...p, repairable: true, repaired: !left.has(p.id) }))
}

const dhcpServed: Check<NetworkContext> = {
  name: 'dhcp-served',
  invariant: 'Every network with a DHCP subnet is served by a live host through a port of its own.',
  run: (ctx, repair) => mendBy(async () => (await unservedNetworks(ctx)).map((n) => ({
    kind: 'unserved-network', resource: 'network', id: n.id,
    sentence: n.host === null ? `network ${n.id} (${n.name}) has DHCP subnets and no host that serves them` : `network ${n.id} (${n.name}) is served by ${n.host}, which ${n.silent ? 'is silent' : 'has no DHCP port on it'}`,
  })), async () => {
    noteDue(ctx, 'dhcp')
    await dhcpReconciler.run(ctx)
  }, repair),
}

const routersHosted: Check<NetworkContext> = {
  name: 'routers-hosted',
  invariant: 'Every router with a gateway or an interface runs on a live host.',
  run: (ctx, repair) => mendBy(async () => (await hostlessRouters(ctx)).map((r) => ({
    kind: 'hostless-router', resource: 'router', id: r.id,
    sentence: r.host === null ? `router ${r.id} (${r.name}) has no host` : `router ${r.id} (${r.name}) is on ${r.host}, which is silent`,
  })), async () => {
    noteDue(ctx, 'routers')
    await routerReconciler.run(ctx)
  }, repair),
}

const portsOnLiveHosts: Check<NetworkContext> = {
  name: 'ports-on-live-hosts',
  invariant: 'Every bound port is on a host whose network agent is alive.',
  async run(ctx) {
    return (await portsOnSilentHosts(ctx, aliveSince(ctx))).map((p) => ({
      kind: 'port-on-silent-host', resource: 'port', id: p.id, repairable: false, repaired: false,
      sentence: `port ${p.id} of ${p.device_id === '' ? 'nobody' : p.device_id} is bound to ${p.binding_host}, whose network agent is ${p.heartbeat_at === null ? 'unknown' : `silent since ${p.heartbeat_at}`}`,
    }))
  },
}

const floatingIpsWhole: Check<NetworkContext> = {
  name: 'floating-ips-whole',
  invariant: 'Every floating IP has its own port, and the port it stands for exists.',
  async run(ctx, repair) {
    const problems: Problem[] = []
    for (const { row, lost } of await floatingIpsAstray(ctx)) {
      const mendable = lost === 'fixed'
      if (repair && mendable) {
        await inTransaction(ctx, async (ctx) => {
          await updateFloatingIpRow(ctx, row.id, { fixed_port_id: null, fixed_ip_address: null, router_id: null, status: 'DOWN' })
          if (row.router_id !== null) await noteChange(ctx, { routerIds: [row.router_id] })
        })
      }
      problems.push({
        kind: mendable ? 'floating-ip-to-nowhere' : 'floating-ip-without-port', resource: 'floating IP', id: row.id, repairable: mendable, repaired: repair && mendable,
        sentence: mendable ? `floating IP ${row.floating_ip_address} stands for port ${row.fixed_port_id}, which is gone` : `floating IP ${row.floating_ip_address} has lost its port ${row.floating_port_id} on the external network; delete it`,
      })
    }
    return problems
  },
}

export const networkChecks: readonly Check<NetworkContext>[] = [dhcpServed, routersHosted, portsOnLiveHosts, floatingIpsWhole, looseEnds]
