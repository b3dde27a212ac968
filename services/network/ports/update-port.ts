/** Changing a port. */
import { isUniqueViolation } from '#core/db/database.ts'
import { flag, fromJson, toJson } from '#core/db/json.ts'
import { mintMac } from '../addresses/mac.ts'
import { reallocateIps, type AskedIp } from '../allocation/allocate-ips.ts'
import { allocationsOf } from '../allocation/ip-allocation.store.ts'
import type { Item } from '../attributes/attribute.ts'
import { noteChange, noteDevices } from '../changes/changes.ts'
import type { NetworkContext } from '../context.ts'
import type { IpAllocationRow, PortRow } from '../database.ts'
import { errors } from '../errors.ts'
import { getNetwork } from '../networks/network.store.ts'
import { moveFloatingIps } from '../floating-ips/follow-port.ts'
import { followInterfacePort } from '../routers/router.store.ts'
import { bindingChange } from './binding.ts'
import { assertOwnRouter, readDhcpOptions, usableDnsName, type DhcpOption } from './create-port.ts'
import { assertNothingSecured, checkGroups, isTrusted, readPairs } from './port-security.ts'
import { getPort, ROUTER_INTERFACE_OWNERS, securityGroupsOf, setPortGroups, updatePortRow } from './port.store.ts'

export async function updatePort(ctx: NetworkContext, id: string, item: Item): Promise<void> {
  const port = await getPort(ctx, id)
  if (port === undefined) throw errors.PortNotFound({ portId: id })
  const network = await getNetwork(ctx, port.network_id)
  await assertOwnRouter(ctx, { project_id: port.project_id, device_id: port.device_id, device_owner: port.device_owner, ...item })
  const set = plainChanges(ctx, port, item)
  const mac = changedMac(ctx, port, item)
  if (mac !== undefined) set.mac_address = mac
  const held = await allocationsOf(ctx, [id])
  const allocations = await changeIps(ctx, { ...port, ...set }, held, item)
  const groups = await changeSecurity(ctx, { ...port, ...set }, item, set)
  Object.assign(set, await bindingChange(ctx, port, item, network!))
  await save(ctx, id, port, set)
  const hosts = [...new Set([port.binding_host, set.binding_host ?? port.binding_host])].filter((h) => h !== '')
  const moved = allocations !== held || mac !== undefined || hosts.length > 1 || set.binding_host !== undefined
  await noteChange(ctx, { portIds: [id], hosts, networkIds: moved || set.extra_dhcp_opts !== undefined || set.dns_name !== undefined ? [port.network_id] : [], securityGroupIds: moved ? groups : [] })
  if (allocations !== held) await noteDevices(ctx, [port])
}

function plainChanges(ctx: NetworkContext, port: PortRow, item: Item): Partial<PortRow> {
  const set: Partial<PortRow> = {}
  for (const name of ['name', 'description', 'device_id', 'device_owner'] as const) if (name in item) set[name] = item[name] as string
  if ('admin_state_up' in item) set.admin_state_up = flag(item['admin_state_up'] as boolean)
  if ('dns_name' in item) set.dns_name = usableDnsName(ctx, item['dns_name'] as string)
  if ('extra_dhcp_opts' in item) set.extra_dhcp_opts = mergeDhcpOptions(fromJson<DhcpOption[]>(port.extra_dhcp_opts, []), (item['extra_dhcp_opts'] ?? []) as DhcpOption[])
  return set
}

/** An option replaces the one of its name and family; one without a value removes it. */
function mergeDhcpOptions(held: readonly DhcpOption[], asked: readonly DhcpOption[]): string | null {
  const key = (o: DhcpOption): string => `${o.opt_name}/${o.ip_version ?? 4}`
  const replaced = new Set(asked.map(key))
  const merged = [...held.filter((o) => !replaced.has(key(o))), ...readDhcpOptions(asked)]
  return merged.length === 0 ? null : toJson(merged)
}

function changedMac(ctx: NetworkContext, port: PortRow, item: Item): string | undefined {
  if (!('mac_address' in item)) return undefined
  const asked = (item['mac_address'] as string | null) ?? mintMac(ctx.config.baseMac)
  if (asked === port.mac_address) return undefined
  if (isTrusted(port.device_owner)) throw errors.UnsupportedPortDeviceOwner({ op: 'mac address update', portId: port.id, deviceOwner: port.device_owner })
  if (!['unbound', 'binding_failed'].includes(port.binding_vif_type)) throw errors.PortBound({ portId: port.id, vifType: port.binding_vif_type, oldMac: port.mac_address, newMac: asked })
  return asked
}

/** The addresses after the change; `held` itself when there is none. */
async function changeIps(ctx: NetworkContext, port: PortRow, held: IpAllocationRow[], item: Item): Promise<IpAllocationRow[]> {
  const asked = item['fixed_ips'] as AskedIp[] | undefined
  if (asked === undefined) return held
  const now = await reallocateIps(ctx, { id: port.id, networkId: port.network_id, macAddress: port.mac_address, deviceOwner: port.device_owner }, held, asked)
  const addresses = new Set(now.map((a) => a.ip_address))
  await moveFloatingIps(ctx, port, held.filter((a) => !addresses.has(a.ip_address)).map((a) => a.ip_address))
  if (ROUTER_INTERFACE_OWNERS.includes(port.device_owner)) await followInterfacePort(ctx, port, now.map((a) => a.subnet_id))
  return now
}

/** Groups, pairs and port security; answers the groups before and after. */
async function changeSecurity(ctx: NetworkContext, port: PortRow, item: Item, set: Partial<PortRow>): Promise<string[]> {
  const held = (await securityGroupsOf(ctx, [port.id])).map((g) => g.security_group_id)
  const secured = (item['port_security_enabled'] as boolean | undefined) ?? port.port_security_enabled === 1
  const pairs = item['allowed_address_pairs'] as { mac_address?: string; ip_address: string }[] | undefined
  if (!secured) assertNothingSecured(item, { pairs: port.allowed_address_pairs === null ? 0 : 1, groups: held.length })
  if ('port_security_enabled' in item) set.port_security_enabled = flag(secured)
  if (pairs !== undefined) {
    const read = readPairs(pairs, port.mac_address)
    set.allowed_address_pairs = read.length === 0 ? null : toJson(read)
  }
  const asked = item['security_groups'] as string[] | undefined
  if (asked === undefined) return held
  const groups = isTrusted(port.device_owner) ? [] : await checkGroups(ctx, port.project_id, asked)
  await setPortGroups(ctx, port.id, groups)
  return [...new Set([...held, ...groups])]
}

async function save(ctx: NetworkContext, id: string, port: PortRow, set: Partial<PortRow>): Promise<void> {
  try {
    await updatePortRow(ctx, id, set)
  } catch (error) {
    if (isUniqueViolation(error)) throw errors.MacAddressInUse({ netId: port.network_id, mac: set.mac_address ?? '' })
    throw error
  }
}
