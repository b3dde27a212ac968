/** Plugging a NIC into a server that exists, and pulling one out. */
import { inTransaction } from '#core/db/database.ts'
import { toJson } from '#core/db/json.ts'
import { defineOperation, nothing, step, StepFailed } from '#core/operations/define.ts'
import type { ComputeContext } from '../context.ts'
import { agentOf, isNoSuchGuest } from '../hosts/agent-of.ts'
import { securityGroupNames } from '../servers/network-cache.ts'
import type { NicRequest } from '../servers/requested-networks.ts'
import { bindPort, ensurePort, removePort, unbindPort, vifOf, type Port } from '../servers/server-ports.ts'
import { nicSpec } from '../servers/server-spec.ts'
import { vifsOf, type ServerRow, type Vif } from '../servers/server.row.ts'
import { getServer, updateServer } from '../servers/server.store.ts'

export interface AttachInterfaceInput { serverId: string; nic: NicRequest; nicKey: string }
/** `vif` is null when the server has no NIC on the port. */
export interface DetachInterfaceInput { serverId: string; portId: string; vif: Vif | null }

async function present(ctx: ComputeContext, serverId: string): Promise<ServerRow> {
  const server = await getServer(ctx, serverId)
  if (server?.host == null || server.task_state === 'deleting') throw new StepFailed('ServerGone', `server ${serverId} is gone`)
  return server
}

/** Changes the list of NICs a server knows of. */
async function changeVifs(ctx: ComputeContext, serverId: string, change: (vifs: Vif[]) => Vif[]): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const server = await getServer(tx, serverId)
    if (server !== undefined) await updateServer(tx, serverId, { network_info: toJson(change(vifsOf(server))) })
  })
}

const makePort = step<AttachInterfaceInput, ComputeContext>({
  name: 'make-port', title: 'make the port',
  async do(ctx, { input }) {
    const server = await present(ctx, input.serverId)
    const owner = { serverId: server.id, projectId: server.project_id, host: server.host!, zone: server.availability_zone ?? 'nova', hostname: server.hostname }
    const { nic } = input
    const port = nic.portId === null ? await ensurePort(ctx, owner, nic, input.nicKey, null) : await bindPort(ctx, owner, nic.portId)
    if (port['binding:vif_type'] === 'binding_failed') throw new StepFailed('PortBindingFailed', `Binding failed for port ${port.id}, please check neutron logs for more information.`)
    const groups = await securityGroupNames(ctx, port.security_groups)
    return { vif: vifOf(port as Port, { label: nic.label, mtu: nic.mtu, tag: nic.tag, preserve: nic.portId !== null }, { groups }) }
  },
  async undo(ctx, { input, result }) {
    if (input.nic.portId !== null) await unbindPort(ctx, input.nic.portId)
    else await removePort(ctx, input.serverId, input.nic.networkId, input.nicKey, (result as { vif: Vif } | undefined)?.vif.portId)
  },
})

const plug = step<AttachInterfaceInput, ComputeContext>({
  name: 'plug', title: 'plug it in',
  async do(ctx, { input, results }) {
    const server = await present(ctx, input.serverId)
    await agentOf(ctx, server.host!).attachNic({ serverId: server.id, nic: nicSpec((results['make-port'] as { vif: Vif }).vif) })
  },
  async undo(ctx, { input, results }) {
    const server = await getServer(ctx, input.serverId)
    if (server?.host == null) return
    await pull(ctx, server.host, server.id, (results['make-port'] as { vif: Vif }).vif)
  },
})

async function pull(ctx: ComputeContext, host: string, serverId: string, vif: Vif): Promise<void> {
  try {
    await agentOf(ctx, host).detachNic({ serverId, nic: nicSpec(vif) })
  } catch (error) {
    if (!isNoSuchGuest(error)) throw error
  }
}

const remember = step<AttachInterfaceInput, ComputeContext>({
  name: 'remember', title: 'write it down',
  async do(ctx, { input, results }) {
    const { vif } = results['make-port'] as { vif: Vif }
    await changeVifs(ctx, input.serverId, (vifs) => [...vifs.filter((known) => known.portId !== vif.portId), vif])
  },
  async undo(ctx, { input, results }) {
    const { vif } = results['make-port'] as { vif: Vif }
    await changeVifs(ctx, input.serverId, (vifs) => vifs.filter((known) => known.portId !== vif.portId))
  },
})

export const attachInterfaceOperation = defineOperation<AttachInterfaceInput, ComputeContext>({
  name: 'compute.attach-interface', version: 1, resource: { type: 'server', id: (input) => input.serverId }, steps: [makePort, plug, remember],
  async onFailed(ctx, { input, failure }) { ctx.log.warn({ resourceId: input.serverId, failure }, 'a NIC could not be plugged in') },
})

const unplug = step<DetachInterfaceInput, ComputeContext>({
  name: 'unplug', title: 'pull it out', again: { times: 3, delayMs: 500, when: (error) => (error as Error).name !== 'PortNotFound' },
  async do(ctx, { input }) {
    if (input.vif === null) throw new StepFailed('PortNotFound', `Port ${input.portId} is not attached`)
    const server = await present(ctx, input.serverId)
    await pull(ctx, server.host!, server.id, input.vif)
  },
  undo: nothing('a NIC that is out stays out'),
})

const freePort = step<DetachInterfaceInput, ComputeContext>({
  name: 'free-port', title: 'free the port', again: { times: 8, delayMs: 250 },
  async do(ctx, { input }) {
    const { portId, preserve } = input.vif!
    if (preserve) await unbindPort(ctx, portId)
    else await ctx.clients.network.ports.discard(ctx, 'service', portId)
  },
  undo: nothing('a port that is free stays free'),
})

const forget = step<DetachInterfaceInput, ComputeContext>({
  name: 'forget', title: 'strike it out',
  async do(ctx, { input }) { await changeVifs(ctx, input.serverId, (vifs) => vifs.filter((known) => known.portId !== input.vif!.portId)) },
  undo: nothing('last step'),
})

export const detachInterfaceOperation = defineOperation<DetachInterfaceInput, ComputeContext>({
  name: 'compute.detach-interface', version: 1, resource: { type: 'server', id: (input) => input.serverId }, steps: [unplug, freePort, forget],
  async onFailed(ctx, { input, failure }) { ctx.log.warn({ resourceId: input.serverId, failure }, 'a NIC could not be pulled out') },
})
