/** Creating a network: its segments, then the row, then who may use it. */
import { flag, toJson } from '#core/db/json.ts'
import { assertZones } from '../agents/zones.ts'
import { MADE_OF_PARTS, newRow } from '../attributes/revisions.ts'
import type { Item } from '../attributes/attribute.ts'
import type { NetworkContext } from '../context.ts'
import type { NetworkRow } from '../database.ts'
import { errors, invalidInput } from '../errors.ts'
import { shareNetwork } from '../rbac-policies/sharing.ts'
import { defaultExternalNetwork, insertNetwork, updateNetworkRow } from './network.store.ts'
import { askedSegments, maxMtu, takeProjectSegment, takeSegment, type Segment } from './segments.ts'

/** Smallest MTU of IPv4 (RFC 791). */
const MIN_MTU = 68

export async function createNetwork(ctx: NetworkContext, item: Item): Promise<NetworkRow> {
  const asked = askedSegments(ctx, item)
  const hints = item['availability_zone_hints'] as string[]
  await assertZones(ctx, 'network', hints)
  const external = item['router:external'] === true
  if (item['is_default'] === true) await assertNoOtherDefault(ctx, undefined)
  const row: NetworkRow = {
    ...newRow(ctx, item), revision_number: MADE_OF_PARTS, name: item['name'] as string, admin_state_up: flag(item['admin_state_up'] as boolean), status: 'ACTIVE', mtu: 0,
    port_security_enabled: flag(item['port_security_enabled'] as boolean), shared: flag(item['shared'] === true), external: flag(external),
    is_default: flag(external && item['is_default'] === true), dns_domain: item['dns_domain'] as string,
    availability_zone_hints: hints.length === 0 ? null : toJson(hints), network_type: '', physical_network: null, segmentation_id: null, multi_segment: flag((asked?.length ?? 1) > 1),
  }
  await insertNetwork(ctx, row)
  const segments: Segment[] = []
  for (const [position, segment] of (asked ?? []).entries()) segments.push(await takeSegment(ctx, row.id, position, segment))
  if (asked === undefined) segments.push(await takeProjectSegment(ctx, row.id))
  const mtu = readMtu(ctx, item['mtu'] as number, segments)
  const first = segments[0]!
  const placed = { mtu, network_type: first.networkType, physical_network: first.physicalNetwork, segmentation_id: first.segmentationId }
  await updateNetworkRow(ctx, row.id, placed)
  if (row.shared === 1) await shareNetwork(ctx, row, 'access_as_shared')
  if (external) await shareNetwork(ctx, row, 'access_as_external')
  return { ...row, ...placed }
}

/** 0 asks for the largest; more than the segments carry is refused. */
export function readMtu(ctx: NetworkContext, mtu: number, segments: readonly { networkType: string }[]): number {
  const most = Math.min(...segments.map((s) => maxMtu(ctx, s.networkType)))
  if (mtu === 0) return most
  if (mtu > most) throw invalidInput(`Requested MTU is too big, maximum is ${most}`)
  if (mtu < MIN_MTU) throw invalidInput(`Requested MTU is too small, minimum is ${MIN_MTU}`)
  return mtu
}

export async function assertNoOtherDefault(ctx: NetworkContext, id: string | undefined): Promise<void> {
  const other = await defaultExternalNetwork(ctx)
  if (other !== undefined && other.id !== id) throw errors.DefaultExternalNetworkExists({ netId: other.id })
}
