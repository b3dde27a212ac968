/**
 * Creating a subnet: from a CIDR the user names, or from a pool. The network's row is taken first, so that two
 * requests cannot make overlapping subnets of one network.
 */
import { flag, toJson } from '#core/db/json.ts'
import { formatCidr, makeCidr, overlaps, parseCidr, type Cidr } from '../addresses/cidr.ts'
import { formatIp, parseIp, type IpVersion } from '../addresses/ip.ts'
import { addAutoAddresses } from '../allocation/auto-addresses.ts'
import type { Item } from '../attributes/attribute.ts'
import { MADE_OF_PARTS, newRow } from '../attributes/revisions.ts'
import { revise } from '../attributes/revision.store.ts'
import { noteChange } from '../changes/changes.ts'
import type { NetworkContext } from '../context.ts'
import type { SubnetpoolRow, SubnetRow } from '../database.ts'
import { errors, invalidInput } from '../errors.ts'
import { getNetwork } from '../networks/network.store.ts'
import { extendGateways } from '../routers/gateway.ts'
import { allocatePrefix } from '../subnetpools/allocate-prefix.ts'
import { addressScopeOfNetwork, chooseSubnetpool } from '../subnetpools/choose-subnetpool.ts'
import { checkSubnet, isAutoAddress } from './check-subnet.ts'
import { assertGatewayOutside, defaultPools, readPools, toPools, type Pool } from './pools.ts'
import { insertSubnet, subnetsOfNetwork } from './subnet.store.ts'

export async function createSubnet(ctx: NetworkContext, item: Item): Promise<SubnetRow> {
  const networkId = item['network_id'] as string
  const written = typeof item['cidr'] === 'string' ? parseCidr(item['cidr'])! : undefined
  if (written !== undefined && 'prefixlen' in item) throw badSubnets('cidr and prefixlen must not be supplied together')
  const asked = written === undefined ? undefined : makeCidr(written.version, written.first, written.prefix)
  const pool = await chooseSubnetpool(ctx, item, asked)
  if (pool === undefined && asked === undefined) throw badSubnets('a subnetpool must be specified in the absence of a cidr')
  if (pool !== undefined && asked === undefined && 'allocation_pools' in item) throw badSubnets('allocation_pools allowed only for specific subnet requests.')
  const version = ipVersion(item, pool)
  checkSubnet(ctx, item, { version, cidr: asked, cidrText: asked === undefined ? '' : formatCidr(asked), enableDhcp: item['enable_dhcp'] === true, current: undefined })
  if (!(await revise(ctx, 'networks', networkId))) throw errors.NetworkNotFound({ netId: networkId })
  const cidr = pool === undefined ? asked! : await allocatePrefix(ctx, pool, item, asked)
  await assertFits(ctx, networkId, cidr, pool)
  const row = makeRow(ctx, item, cidr, pool)
  if (pool !== undefined && asked === undefined) checkSubnet(ctx, item, { version, cidr, cidrText: row.cidr, enableDhcp: row.enable_dhcp === 1, current: undefined })
  await insertSubnet(ctx, row)
  if (isAutoAddress(row)) await addAutoAddresses(ctx, row)
  if ((await getNetwork(ctx, networkId))?.external === 1) await extendGateways(ctx, row)
  await noteChange(ctx, { networkIds: [networkId], reschedule: true })
  return row
}

function badSubnets(msg: string): Error {
  return errors.BadRequest({ resource: 'subnets', msg })
}

function ipVersion(item: Item, pool: SubnetpoolRow | undefined): IpVersion {
  const asked = item['ip_version'] as IpVersion | undefined
  if (pool !== undefined && asked !== undefined && asked !== pool.ip_version) throw badSubnets(`Cannot allocate IPv${asked} subnet from IPv${pool.ip_version} subnet pool`)
  return asked ?? ((pool?.ip_version ?? 4) as IpVersion)
}

/** No overlap with the network's other subnets, and one pool (or one address scope) per family. */
async function assertFits(ctx: NetworkContext, networkId: string, cidr: Cidr, pool: SubnetpoolRow | undefined): Promise<void> {
  if (cidr.prefix === 0) throw invalidInput('0 is not allowed as CIDR prefix length')
  const others = await subnetsOfNetwork(ctx, networkId)
  if (others.some((o) => overlaps(parseCidr(o.cidr)!, cidr))) {
    throw invalidInput(`Requested subnet with cidr: ${formatCidr(cidr)} for network: ${networkId} overlaps with another subnet`)
  }
  const family = others.filter((o) => o.ip_version === cidr.version)
  const scope = await addressScopeOfNetwork(ctx, family)
  if (scope !== undefined) {
    if (pool?.address_scope_id !== scope) throw errors.NetworkAddressScopeAffinityError()
  } else if (family.some((o) => o.subnetpool_id !== (pool?.id ?? null))) throw errors.NetworkSubnetPoolAffinityError()
}

function makeRow(ctx: NetworkContext, item: Item, cidr: Cidr, pool: SubnetpoolRow | undefined): SubnetRow {
  const gateway = 'gateway_ip' in item ? (item['gateway_ip'] as string | null) : firstHost(cidr)
  const gatewayIp = gateway === null ? undefined : parseIp(gateway)!
  // An empty list names none: everything but the gateway, as when nothing is said.
  const given = item['allocation_pools'] as Pool[] | undefined
  const named = given?.length === 0 ? undefined : given
  const pools = named === undefined ? defaultPools(cidr, gatewayIp) : readPools(named, cidr, formatCidr(cidr))
  if (named !== undefined && gatewayIp !== undefined) assertGatewayOutside(gatewayIp, pools, cidr)
  const serviceTypes = listOrNull(item['service_types'])
  return {
    ...newRow(ctx, item), revision_number: serviceTypes === null ? 0 : MADE_OF_PARTS, network_id: item['network_id'] as string, name: item['name'] as string, ip_version: cidr.version, cidr: formatCidr(cidr), gateway_ip: gateway,
    enable_dhcp: flag(item['enable_dhcp'] === true), ipv6_ra_mode: (item['ipv6_ra_mode'] as string | undefined) ?? null,
    ipv6_address_mode: (item['ipv6_address_mode'] as string | undefined) ?? null, subnetpool_id: pool?.id ?? null, allocation_pools: toJson(toPools(pools, cidr)),
    dns_nameservers: listOrNull(item['dns_nameservers']), host_routes: listOrNull(item['host_routes']), service_types: serviceTypes,
  }
}

/** The gateway nobody named: the first host; on IPv6 the network's own address, which RFC 4291 gives to routers. */
function firstHost(cidr: Cidr): string {
  return formatIp(cidr.version === 6 ? cidr.first : cidr.first + 1n, cidr.version)
}

export function listOrNull(value: unknown): string | null {
  return Array.isArray(value) && value.length > 0 ? toJson(value) : null
}
