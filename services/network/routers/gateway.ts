/** A router's way out: a port on an external network, with SNAT or without. */
import { flag } from '#core/db/json.ts'
import { reallocateIps, type AskedIp } from '../allocation/allocate-ips.ts'
import { allocationsOf } from '../allocation/ip-allocation.store.ts'
import { revise } from '../attributes/revision.store.ts'
import { findRow } from '../attributes/select-rows.store.ts'
import type { NetworkContext } from '../context.ts'
import type { RouterRow, SubnetRow } from '../database.ts'
import { errors } from '../errors.ts'
import { floatingIpsOfRouter } from '../floating-ips/floating-ip.store.ts'
import { networkResource } from '../networks/network.resource.ts'
import { removePort } from '../ports/delete-port.ts'
import { getPort, portsOfNetwork } from '../ports/port.store.ts'
import { createServicePort } from '../ports/service-port.ts'
import { isAutoAddress } from '../subnets/check-subnet.ts'
import { subnetsOfNetwork } from '../subnets/subnet.store.ts'
import { noteChange } from '../changes/changes.ts'
import { fromJson } from '#core/db/json.ts'
import { assertNoOverlap, assertRoutable, badRouter, connectedTo } from './connected.ts'
import { updateRouterRow } from './router.store.ts'
import type { ExtraRoute } from './router.view.ts'

export interface GatewayInfo { network_id: string; enable_snat?: boolean; external_fixed_ips?: AskedIp[] }

/** Sets, changes or (with null) removes the gateway. Each part of it is a change of the router, as upstream counts: a port less is two, one more is one. */
export async function setGateway(ctx: NetworkContext, router: RouterRow, info: GatewayInfo | null): Promise<void> {
  const asked = info?.external_fixed_ips ?? []
  if (info !== null) await assertUsable(ctx, info.network_id, asked)
  if (router.gw_port_id !== null && info !== null && router.gw_network_id === info.network_id) {
    if (asked.length > 0) await changeAddresses(ctx, router.gw_port_id, asked)
    await updateRouterRow(ctx, router.id, { enable_snat: flag(info.enable_snat ?? true) })
    return
  }
  const without = { ...router, gw_port_id: null, gw_network_id: null }
  if (router.gw_port_id !== null) {
    await removeGateway(ctx, router)
    await revise(ctx, 'routers', router.id, 2)
  }
  const connected = await connectedTo(ctx, without)
  const outside = info === null ? [] : await subnetsOfNetwork(ctx, info.network_id)
  const routes = fromJson<ExtraRoute[]>(router.routes, [])
  if (routes.length > 0) assertRoutable(ctx, router.id, routes, { ...connected, subnets: [...connected.subnets, ...outside] })
  if (info === null) return
  assertNoOverlap(connected.subnets, outside)
  const port = await createServicePort(ctx, { projectId: '', networkId: info.network_id, deviceOwner: 'network:router_gateway', deviceId: router.id, fixedIps: asked.length > 0 ? asked : undefined })
  await updateRouterRow(ctx, router.id, { gw_port_id: port.id, gw_network_id: info.network_id, enable_snat: flag(info.enable_snat ?? true) })
  await revise(ctx, 'routers', router.id)
}

async function assertUsable(ctx: NetworkContext, networkId: string, asked: readonly AskedIp[]): Promise<void> {
  const network = await findRow(ctx, networkResource, networkId)
  if (network === undefined) throw errors.NetworkNotFound({ netId: networkId })
  if (network.external !== 1) throw badRouter(`Network ${networkId} is not an external network`)
  const gateways = new Set((await subnetsOfNetwork(ctx, networkId)).map((s) => s.gateway_ip))
  const taken = asked.find((a) => a.ip_address !== undefined && gateways.has(a.ip_address))
  if (taken !== undefined) throw badRouter(`External IP ${taken.ip_address!} is the same as the gateway IP`)
}

async function changeAddresses(ctx: NetworkContext, portId: string, asked: readonly AskedIp[]): Promise<void> {
  const port = await getPort(ctx, portId)
  if (port === undefined) return
  await reallocateIps(ctx, { id: port.id, networkId: port.network_id, macAddress: port.mac_address, deviceOwner: port.device_owner }, await allocationsOf(ctx, [port.id]), asked)
  await revise(ctx, 'ports', port.id)
}

/** Not while floating IPs need it. */
export async function removeGateway(ctx: NetworkContext, router: RouterRow): Promise<void> {
  if (router.gw_port_id === null) return
  if ((await floatingIpsOfRouter(ctx, router.id)).length > 0) throw errors.RouterExternalGatewayInUseByFloatingIp({ routerId: router.id, netId: router.gw_network_id! })
  const port = await getPort(ctx, router.gw_port_id)
  await updateRouterRow(ctx, router.id, { gw_port_id: null, gw_network_id: null })
  if (port !== undefined) await removePort(ctx, port)
}

/** An external network got a subnet: gateways without an address of its family get one. */
export async function extendGateways(ctx: NetworkContext, subnet: SubnetRow): Promise<void> {
  if (isAutoAddress(subnet)) return
  const family = (address: string): number => (address.includes(':') ? 6 : 4)
  for (const port of (await portsOfNetwork(ctx, subnet.network_id)).filter((p) => p.device_owner === 'network:router_gateway')) {
    const held = await allocationsOf(ctx, [port.id])
    if (held.length > 1 || held.some((a) => family(a.ip_address) === subnet.ip_version)) continue
    const asked = [...held.map((a) => ({ subnet_id: a.subnet_id, ip_address: a.ip_address })), { subnet_id: subnet.id }]
    await reallocateIps(ctx, { id: port.id, networkId: port.network_id, macAddress: port.mac_address, deviceOwner: port.device_owner }, held, asked)
    await revise(ctx, 'ports', port.id)
    await revise(ctx, 'routers', port.device_id)
    await noteChange(ctx, { routerIds: [port.device_id] })
  }
}
