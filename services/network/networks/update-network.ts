/** Changing a network. Whom it is shared with may change while nobody relies on it. */
import { flag } from '#core/db/json.ts'
import type { Item } from '../attributes/attribute.ts'
import { noteChange } from '../changes/changes.ts'
import type { NetworkContext } from '../context.ts'
import type { NetworkRow } from '../database.ts'
import { errors } from '../errors.ts'
import { countPortsOf } from '../ports/port.store.ts'
import { assertUnsharable, shareNetwork, unshareNetwork } from '../rbac-policies/sharing.ts'
import { assertNoOtherDefault, readMtu } from './create-network.ts'
import { moveSegment } from './move-segment.ts'
import { getNetwork, updateNetworkRow } from './network.store.ts'

export async function updateNetwork(ctx: NetworkContext, id: string, item: Item): Promise<void> {
  const row = await getNetwork(ctx, id)
  if (row === undefined) throw errors.NetworkNotFound({ netId: id })
  const set: Partial<NetworkRow> = await moveSegment(ctx, row, item)
  if ('name' in item) set.name = item['name'] as string
  if ('description' in item) set.description = item['description'] as string
  if ('admin_state_up' in item) set.admin_state_up = flag(item['admin_state_up'] as boolean)
  if ('port_security_enabled' in item) set.port_security_enabled = flag(item['port_security_enabled'] as boolean)
  if ('dns_domain' in item) set.dns_domain = item['dns_domain'] as string
  if ('mtu' in item) set.mtu = readMtu(ctx, item['mtu'] as number, [{ networkType: row.network_type }])
  if ('shared' in item) set.shared = await changeShared(ctx, row, item['shared'] === true)
  if ('router:external' in item) set.external = await changeExternal(ctx, row, item['router:external'] === true)
  if ('is_default' in item) {
    if (item['is_default'] === true) await assertNoOtherDefault(ctx, id)
    set.is_default = flag(item['is_default'] === true && (set.external ?? row.external) === 1)
  }
  await updateNetworkRow(ctx, id, set)
  await noteChange(ctx, { networkIds: [id] })
}

async function changeShared(ctx: NetworkContext, row: NetworkRow, shared: boolean): Promise<0 | 1> {
  if (shared && row.shared === 0) await shareNetwork(ctx, row, 'access_as_shared')
  if (!shared && row.shared === 1) {
    await assertUnsharable(ctx, row)
    await unshareNetwork(ctx, row, 'access_as_shared')
  }
  return flag(shared)
}

async function changeExternal(ctx: NetworkContext, row: NetworkRow, external: boolean): Promise<0 | 1> {
  if (external && row.external === 0) await shareNetwork(ctx, row, 'access_as_external')
  if (!external && row.external === 1) {
    if ((await countPortsOf(ctx, row.id, ['network:router_gateway'])) > 0) throw errors.ExternalNetworkInUse({ netId: row.id })
    await unshareNetwork(ctx, row, 'access_as_external', true)
  }
  return flag(external)
}
