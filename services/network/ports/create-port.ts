/** Creating a port: MAC, addresses, security, binding; in one transaction. */
import { isUniqueViolation } from '#core/db/database.ts'
import { flag, toJson } from '#core/db/json.ts'
import { mintMac } from '../addresses/mac.ts'
import { allocateIps, type AskedIp } from '../allocation/allocate-ips.ts'
import type { Item } from '../attributes/attribute.ts'
import { orWhenReferenced } from '../attributes/races.ts'
import { MADE_OF_PARTS, newRow } from '../attributes/revisions.ts'
import { setTags } from '../tags/tag.store.ts'
import { noteChange } from '../changes/changes.ts'
import { isAdmin, type NetworkContext } from '../context.ts'
import type { NetworkRow, PortRow } from '../database.ts'
import { errors } from '../errors.ts'
import { getNetwork } from '../networks/network.store.ts'
import { getRouterOwner } from '../routers/router.store.ts'
import { ensureDefaultGroup } from '../security-groups/default-group.ts'
import { bindingChange } from './binding.ts'
import { assertNothingSecured, checkGroups, isTrusted, readPairs } from './port-security.ts'
import { insertPort, isMacInUse, ROUTER_INTERFACE_OWNERS, setPortGroups, updatePortRow } from './port.store.ts'

const MAC_TRIES = 16

export async function createPort(ctx: NetworkContext, item: Item): Promise<PortRow> {
  const network = await getNetwork(ctx, item['network_id'] as string)
  if (network === undefined) throw errors.NetworkNotFound({ netId: item['network_id'] as string })
  await assertOwnRouter(ctx, item)
  const port = await insertWithMac(ctx, blankPort(ctx, item, network), item['mac_address'] as string | undefined)
  const asked = item['fixed_ips'] as AskedIp[] | undefined
  const holder = { id: port.id, networkId: port.network_id, macAddress: port.mac_address, deviceOwner: port.device_owner }
  const allocations = await orWhenReferenced(allocateIps(ctx, holder, asked), () => errors.NetworkNotFound({ netId: network.id }))
  const groups = await groupsFor(ctx, item, port)
  await setPortGroups(ctx, port.id, groups, true)
  const pairs = readPairs((item['allowed_address_pairs'] ?? []) as { mac_address?: string; ip_address: string }[], port.mac_address)
  const set: Partial<PortRow> = { ...(await bindingChange(ctx, port, item, network)), allowed_address_pairs: pairs.length === 0 ? null : toJson(pairs) }
  if (asked?.length === 0) set.ip_allocation = 'none'
  const tags = (item['tags'] ?? []) as string[]
  if (tags.length > 0) {
    await setTags(ctx, port.id, tags)
    set.tagged = 1
  }
  await updatePortRow(ctx, port.id, set)
  const created = { ...port, ...set }
  await noteChange(ctx, { portIds: [port.id], networkIds: allocations.length > 0 ? [port.network_id] : [], securityGroupIds: groups, hosts: created.binding_host === '' ? [] : [created.binding_host] })
  return created
}

/** A router's interface may only be claimed for a router of one's own. */
export async function assertOwnRouter(ctx: NetworkContext, item: Item): Promise<void> {
  const deviceId = item['device_id'] as string | undefined
  if (isAdmin(ctx) || deviceId === undefined || deviceId === '' || !ROUTER_INTERFACE_OWNERS.includes(item['device_owner'] as string)) return
  const owner = await getRouterOwner(ctx, deviceId)
  if (owner !== undefined && owner !== item['project_id']) throw errors.DeviceIDNotOwnedByTenant({ deviceId })
}

function blankPort(ctx: NetworkContext, item: Item, network: NetworkRow): PortRow {
  const deviceOwner = item['device_owner'] as string
  const secured = isTrusted(deviceOwner) ? false : ((item['port_security_enabled'] as boolean | undefined) ?? network.port_security_enabled === 1)
  const options = readDhcpOptions((item['extra_dhcp_opts'] ?? []) as DhcpOption[])
  return {
    ...newRow(ctx, item, item['id'] as string | undefined), revision_number: MADE_OF_PARTS, network_id: network.id, name: item['name'] as string, admin_state_up: flag(item['admin_state_up'] as boolean), mac_address: '',
    status: 'DOWN', device_id: item['device_id'] as string, device_owner: deviceOwner, binding_host: '', binding_vif_type: 'unbound',
    binding_vnic_type: 'normal', binding_profile: null, port_security_enabled: flag(secured), allowed_address_pairs: null,
    extra_dhcp_opts: options.length === 0 ? null : toJson(options), dns_name: usableDnsName(ctx, item['dns_name'] as string), ip_allocation: 'immediate',
  }
}

/** With the default domain nobody can choose names: upstream ignores them too. */
export function usableDnsName(ctx: NetworkContext, name: string | undefined): string {
  return name === undefined || ctx.config.dnsDomain === '' || ctx.config.dnsDomain.replace(/\.$/, '') === 'openstacklocal' ? '' : name
}

export interface DhcpOption { opt_name: string; opt_value: string | null; ip_version?: number }

/** Options without a value ask for none; the family defaults to IPv4. */
export function readDhcpOptions(options: readonly DhcpOption[]): DhcpOption[] {
  return options.filter((o) => o.opt_value !== null).map((o) => ({ opt_name: o.opt_name, opt_value: o.opt_value, ip_version: Number(o.ip_version ?? 4) }))
}

async function insertWithMac(ctx: NetworkContext, port: PortRow, asked: string | undefined): Promise<PortRow> {
  for (let attempt = 0; attempt < MAC_TRIES; attempt += 1) {
    const row = { ...port, mac_address: asked ?? mintMac(ctx.config.baseMac) }
    try {
      await orWhenReferenced(insertPort(ctx, row), () => errors.NetworkNotFound({ netId: port.network_id }))
      return row
    } catch (error) {
      if (!isUniqueViolation(error)) throw error
      if (asked !== undefined && (await isMacInUse(ctx, port.network_id, asked))) throw errors.MacAddressInUse({ netId: port.network_id, mac: asked })
    }
  }
  throw errors.NetworkMacAddressGenerationFailure({ netId: port.network_id })
}

async function groupsFor(ctx: NetworkContext, item: Item, port: PortRow): Promise<string[]> {
  const asked = item['security_groups'] as string[] | undefined
  if (isTrusted(port.device_owner)) return []
  if (port.port_security_enabled === 0) {
    assertNothingSecured(item, { pairs: 0, groups: 0 })
    return []
  }
  if (asked !== undefined) return await checkGroups(ctx, port.project_id, asked)
  return [await ensureDefaultGroup(ctx, port.project_id)].filter((id) => id !== '')
}
