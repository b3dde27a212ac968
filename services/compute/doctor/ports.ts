/** Network against the servers: every port a server shows exists and is its own, and no port stays behind. */
import { explainError } from '#core/errors/errors.ts'
import type { ComputeContext } from '../context.ts'
import { agentOf } from '../hosts/agent-of.ts'
import type { Port } from '#services/network/contract.ts'
import { refreshNetworkCache } from '../servers/network-cache.ts'
import { unbindPort } from '../servers/server-ports.ts'
import { nicSpec } from '../servers/server-spec.ts'
import { vifsOf, type Vif } from '../servers/server.row.ts'
import { givenPorts, listCheckedServers, type CheckedServer } from './doctor.store.ts'
import { prove, type Finding } from './prove.ts'

export const portsCheck = prove({
  name: 'ports', invariant: 'Every port of a server exists and is bound to its host, and no port belongs to a server that is gone.',
  async find(ctx) {
    const ports = await ctx.clients.network.ports.list(ctx, 'service', { fields: ['id', 'device_id', 'device_owner', 'binding:host_id'] })
    const servers = await listCheckedServers(ctx)
    const live = new Set(servers.map((server) => server.id))
    const byId = new Map(ports.map((port) => [port.id, port]))
    const orphans = ports.filter((port) => port.device_owner.startsWith('compute:') && port.device_id !== '' && !live.has(port.device_id))
    return [...orphans.map(orphanPort), ...servers.filter((server) => server.vm_state !== 'building').flatMap((server) => vifsOf(server).flatMap((vif) => astray(server, vif, byId.get(vif.portId))))]
  },
})

function orphanPort(port: Port): Finding {
  return {
    kind: 'orphan-port', resource: 'port', id: port.id, serverId: port.device_id, sentence: `port ${port.id} belongs to server ${port.device_id}, which is gone`,
    // What a user gave the server, and what nothing is known of, is given back; what was made for the server goes.
    async mend(ctx) {
      const given = await givenPorts(ctx, port.device_id)
      if (given === undefined || given.has(port.id)) await unbindPort(ctx, port.id)
      else await ctx.clients.network.ports.discard(ctx, 'service', port.id)
    },
  }
}

function astray(server: CheckedServer, vif: Vif, port: Port | undefined): Finding[] {
  const about = { resource: 'server', id: server.id, serverId: server.id }
  if (port === undefined) return [{ kind: 'lost-port', ...about, sentence: `port ${vif.portId} of server ${server.id} is gone`, mend: async (ctx) => { await pull(ctx, server, vif) } }]
  if (port.device_id !== server.id) return [{ kind: 'foreign-port', ...about, sentence: `port ${vif.portId} of server ${server.id} was given to ${port.device_id === '' ? 'nobody' : port.device_id}`, mend: async (ctx) => { await pull(ctx, server, vif) } }]
  const host = server.host
  if (host === null || port['binding:host_id'] === host) return []
  return [{
    kind: 'port-elsewhere', ...about, sentence: `server ${server.id} is on ${host}, and its port ${vif.portId} is bound to ${port['binding:host_id'] === '' ? 'no host' : port['binding:host_id']}`,
    mend: async (ctx) => { await ctx.clients.network.ports.update(ctx, 'service', vif.portId, { 'binding:host_id': host }) },
  }]
}

/** Takes out of the guest, and out of what is shown, a NIC whose port is not the server's any more. */
async function pull(ctx: ComputeContext, server: CheckedServer, vif: Vif): Promise<void> {
  if (server.host !== null) {
    await agentOf(ctx, server.host).detachNic({ serverId: server.id, nic: nicSpec(vif) }).catch((error: unknown) => {
      ctx.log.warn({ resourceId: server.id, reason: explainError(error) }, 'a NIC without a port could not be pulled; it is gone with the next hard reboot')
    })
  }
  await refreshNetworkCache(ctx, server.id)
}
