/** Changing a subnet. The gateway stays while a router holds its address. */
import { flag, fromJson, toJson } from '#core/db/json.ts'
import { parseCidr } from '../addresses/cidr.ts'
import { parseIp } from '../addresses/ip.ts'
import type { Item } from '../attributes/attribute.ts'
import { revise } from '../attributes/revision.store.ts'
import { noteChange } from '../changes/changes.ts'
import type { NetworkContext } from '../context.ts'
import type { SubnetRow } from '../database.ts'
import { errors } from '../errors.ts'
import { ROUTER_INTERFACE_OWNERS } from '../ports/port.store.ts'
import { checkSubnet } from './check-subnet.ts'
import { listOrNull } from './create-subnet.ts'
import { assertGatewayOutside, fromPools, readPools, toPools, type Pool } from './pools.ts'
import { getSubnet, ownersOnSubnet, updateSubnetRow } from './subnet.store.ts'

export async function updateSubnet(ctx: NetworkContext, id: string, item: Item): Promise<void> {
  const row = await getSubnet(ctx, id)
  if (row === undefined) throw errors.SubnetNotFound({ subnetId: id })
  const cidr = parseCidr(row.cidr)!
  checkSubnet(ctx, item, { version: cidr.version, cidr, cidrText: row.cidr, enableDhcp: (item['enable_dhcp'] as boolean | undefined) ?? row.enable_dhcp === 1, current: row })
  const set: Partial<SubnetRow> = {}
  if ('name' in item) set.name = item['name'] as string
  if ('description' in item) set.description = item['description'] as string
  if ('enable_dhcp' in item) set.enable_dhcp = flag(item['enable_dhcp'] as boolean)
  for (const name of ['dns_nameservers', 'host_routes', 'service_types'] as const) if (name in item) set[name] = listOrNull(item[name])
  const named = item['allocation_pools'] as Pool[] | undefined
  const pools = named === undefined ? fromPools(fromJson<Pool[]>(row.allocation_pools, [])) : readPools(named, cidr, row.cidr)
  if (named !== undefined) set.allocation_pools = toJson(toPools(pools, cidr))
  const gateway = 'gateway_ip' in item ? (item['gateway_ip'] as string | null) : row.gateway_ip
  if (gateway !== row.gateway_ip) {
    if (gateway !== null) await assertGatewayFree(ctx, row)
    set.gateway_ip = gateway
  }
  if (gateway !== null && (gateway !== row.gateway_ip || named !== undefined)) assertGatewayOutside(parseIp(gateway)!, pools, cidr)
  await updateSubnetRow(ctx, id, set)
  await revise(ctx, 'networks', row.network_id)
  await noteChange(ctx, { networkIds: [row.network_id], reschedule: true })
}

async function assertGatewayFree(ctx: NetworkContext, row: SubnetRow): Promise<void> {
  const holder = (await ownersOnSubnet(ctx, row.id)).find((o) => o.ip_address === row.gateway_ip && ROUTER_INTERFACE_OWNERS.includes(o.device_owner))
  if (holder !== undefined) throw errors.GatewayIpInUse({ ipAddress: row.gateway_ip!, portId: holder.port_id })
}
