/** The NICs of a server. */
import { isUuidLike } from '#core/ids/ids.ts'
import type { RouteRequest } from '#core/http/route.ts'
import { Type } from '#core/schema/schema.ts'
import { added, shapeVersions, since } from '#core/versions/versions.ts'
import type { Port } from '#services/network/contract.ts'
import type { ComputeContext } from '../context.ts'
import { errors } from '../errors.ts'
import { closed, IpAddress, Tag, Uuid } from '../schema/parameter-types.ts'
import { findServer } from '../servers/find-server.ts'
import { resolveNetworks, type NicRequest } from '../servers/requested-networks.ts'
import { vifsOf, type ServerRow, type Vif } from '../servers/server.row.ts'
import { awaitOperation } from './await-operation.ts'
import { startAttach, startDetach } from './change-interfaces.ts'

const RULE = 'os_compute_api:os-attach-interfaces'
const o = Type.Optional

const Attachment = closed({ net_id: o(Uuid), port_id: o(Uuid), fixed_ips: o(Type.Array(closed({ ip_address: IpAddress }), { minItems: 1, maxItems: 1 })), tag: o(Tag) })
const tagSince = since('2.70', { response: added('interfaceAttachment.tag', 'interfaceAttachments[].tag') })
export const interfaceReplies = shapeVersions({ deltas: [tagSince] })
export const interfaceCreateVersions = shapeVersions({ request: closed({ interfaceAttachment: o(Attachment) }), deltas: [tagSince, since('2.49', { request: added('interfaceAttachment.tag') })] })

interface Wish { net_id?: string; port_id?: string; fixed_ips?: { ip_address: string }[]; tag?: string }

function view(port: Pick<Port, 'id' | 'network_id' | 'mac_address' | 'status' | 'fixed_ips'>, vifs: readonly Vif[]): object {
  return { net_id: port.network_id, port_id: port.id, mac_addr: port.mac_address, port_state: port.status, fixed_ips: port.fixed_ips, tag: vifs.find((vif) => vif.portId === port.id)?.tag ?? null }
}

export async function listInterfaces(ctx: ComputeContext, request: RouteRequest): Promise<object> {
  const server = await findServer(ctx, request.params['id']!, `${RULE}:list`)
  const ports = await ctx.clients.network.ports.list(ctx, 'service', { device_id: server.id })
  const vifs = vifsOf(server)
  return { interfaceAttachments: ports.map((port) => view(port, vifs)) }
}

export async function showInterface(ctx: ComputeContext, request: RouteRequest): Promise<object> {
  const server = await findServer(ctx, request.params['id']!, `${RULE}:show`)
  return { interfaceAttachment: await oneInterface(ctx, server, request.params['port']!) }
}

async function oneInterface(ctx: ComputeContext, server: ServerRow, id: string): Promise<object> {
  const port = isUuidLike(id) ? await ctx.clients.network.ports.get(ctx, 'service', id) : undefined
  if (port === undefined) throw errors.PortUnknown({ id })
  if (port.device_id !== server.id) throw errors.NotFound({ message: `Instance ${server.id} does not have a port with id ${id}` })
  return view(port, vifsOf(server))
}

export async function attachInterface(ctx: ComputeContext, request: RouteRequest<{ interfaceAttachment?: Wish } | undefined>): Promise<object> {
  const server = await findServer(ctx, request.params['id']!, `${RULE}:create`)
  const wish = request.body?.interfaceAttachment ?? {}
  if (wish.net_id !== undefined && wish.port_id !== undefined) throw errors.BadRequest({ message: 'Must not input both network_id and port_id' })
  if (wish.fixed_ips !== undefined && wish.net_id === undefined) throw errors.BadRequest({ message: 'Must input network_id when request IP address' })
  const nic = await wantedNic(ctx, wish)
  const operation = await startAttach(ctx, server, nic)
  const end = await awaitOperation(ctx, operation)
  if (end === undefined || 'failure' in end) throw refusal(end?.failure, server.id)
  const { vif } = end.results['make-port'] as { vif: Vif }
  const port = await ctx.clients.network.ports.get(ctx, 'service', vif.portId)
  return { interfaceAttachment: port === undefined ? { net_id: vif.networkId, port_id: vif.portId, mac_addr: vif.mac, port_state: 'DOWN', fixed_ips: [], tag: vif.tag } : view(port, [vif]) }
}

/** Where to plug it; a network or port that is not there is a 404 here, unlike at creation. */
async function wantedNic(ctx: ComputeContext, wish: Wish): Promise<NicRequest> {
  const list = wish.port_id !== undefined ? [{ port: wish.port_id, tag: wish.tag }] : wish.net_id !== undefined ? [{ uuid: wish.net_id, fixed_ip: wish.fixed_ips?.[0]?.ip_address, tag: wish.tag }] : []
  const nics = await resolveNetworks(ctx, list.length === 0 ? 'legacy' : list, 1).catch((error: unknown) => {
    const { code, message } = error as { code?: string; message: string }
    if (code === 'NetworkNotFound' || code === 'PortNotFound') throw errors.NotFound({ message }, { cause: error })
    if (code === 'NetworkAmbiguous') throw errors.BadRequest({ message }, { cause: error })
    if (code === 'FixedIpAlreadyInUse') throw errors.Conflict({ message }, { cause: error })
    throw error
  })
  const [nic] = nics
  if (nic === undefined) throw errors.InterfaceAttachNoNetwork({ project: ctx.identity.project?.id ?? '' })
  return { ...nic, tag: wish.tag ?? null }
}

function refusal(failure: { kind: string; message: string } | undefined, id: string): Error {
  if (failure?.kind === 'NeighbourError') return errors.BadRequest({ message: failure.message })
  return errors.InterfaceAttachFailed({ id }, { detail: failure?.message ?? 'it took too long' })
}

export async function detachInterface(ctx: ComputeContext, request: RouteRequest): Promise<void> {
  const server = await findServer(ctx, request.params['id']!, `${RULE}:delete`)
  await startDetach(ctx, server, request.params['port']!)
}
