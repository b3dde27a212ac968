/** SQL about networks and their segments. */
import { writeUnlessTaken } from '#core/db/database.ts'
import { groupBy, selectIn, tagsOf } from '../attributes/children.ts'
import type { Fields } from '../attributes/attribute.ts'
import { ownProject, type NetworkContext } from '../context.ts'
import type { NetworkRow, NetworkSegmentRow, SubnetRow } from '../database.ts'

export interface NetworkChildren {
  tags: Map<string, string[]>
  /** Networks shared with the caller's project by name. */
  sharedWithMe: Set<string>
  subnets: Map<string, Pick<SubnetRow, 'id' | 'network_id' | 'ip_version' | 'subnetpool_id'>[]>
  addressScopes: Map<string, string | null>
  segments: Map<string, NetworkSegmentRow[]>
  zones: Map<string, string[]>
}

export async function getNetwork(ctx: NetworkContext, id: string): Promise<NetworkRow | undefined> {
  return await ctx.db.selectFrom('networks').selectAll().where('id', '=', id).executeTakeFirst()
}

/** What a view shows beside the row, read once for all rows. */
export async function networkChildren(ctx: NetworkContext, rows: readonly NetworkRow[], fields: Fields): Promise<NetworkChildren> {
  const ids = rows.map((r) => r.id)
  const wants = (...names: string[]): boolean => ids.length > 0 && (fields === undefined || names.some((n) => fields.has(n)))
  const subnets = wants('subnets', 'ipv4_address_scope', 'ipv6_address_scope')
    ? await selectIn<SubnetRow>(ctx, 'id, network_id, ip_version, subnetpool_id', 'subnets', 'network_id', ids, ' order by created_at, id') : []
  const poolIds = [...new Set(subnets.map((s) => s.subnetpool_id).filter((p) => p !== null))]
  const pools = poolIds.length === 0 ? [] : await selectIn<{ id: string; address_scope_id: string | null }>(ctx, 'id, address_scope_id', 'subnetpools', 'id', poolIds)
  const multi = rows.filter((r) => r.multi_segment === 1).map((r) => r.id)
  const segments = multi.length === 0 ? [] : await selectIn<NetworkSegmentRow>(ctx, '*', 'network_segments', 'network_id', multi, ' order by position')
  const zones = wants('availability_zones') ? await hostingZones(ctx, ids) : new Map<string, string[]>()
  return {
    tags: await tagsOf(ctx, rows), sharedWithMe: ids.length === 0 ? new Set() : await sharedWith(ctx, ownProject(ctx)), subnets: groupBy(subnets, 'network_id'),
    addressScopes: new Map(pools.map((p) => [p.id, p.address_scope_id])), segments: groupBy(segments, 'network_id'), zones,
  }
}

/** Networks that an RBAC policy shares with this project by name. */
async function sharedWith(ctx: NetworkContext, projectId: string): Promise<Set<string>> {
  const rows = await selectIn<{ object_id: string }>(ctx, 'object_id', 'rbac_policies', 'target_project', [projectId], " and object_type = 'network' and action = 'access_as_shared'")
  return new Set(rows.map((r) => r.object_id))
}

/** Availability zones of the hosts that serve DHCP. */
async function hostingZones(ctx: NetworkContext, networkIds: readonly string[]): Promise<Map<string, string[]>> {
  const rows = await selectIn<{ network_id: string; availability_zone: string | null }>(ctx, 'b.network_id, a.availability_zone', 'dhcp_bindings b join agents a on a.id = b.agent_id', 'b.network_id', networkIds)
  const zones = new Map<string, Set<string>>()
  for (const row of rows) {
    const known = zones.get(row.network_id) ?? new Set()
    if (row.availability_zone !== null) known.add(row.availability_zone)
    zones.set(row.network_id, known)
  }
  return new Map([...zones].map(([id, set]) => [id, [...set].sort()]))
}

export async function insertNetwork(ctx: NetworkContext, row: NetworkRow): Promise<void> {
  await ctx.db.insertInto('networks').values(row).execute()
}

/** Takes a segment; false when its key is taken. */
export async function insertSegment(ctx: NetworkContext, row: NetworkSegmentRow): Promise<boolean> {
  return await writeUnlessTaken(ctx.db.insertInto('network_segments').values(row))
}

export async function deleteSegments(ctx: NetworkContext, networkId: string): Promise<void> {
  await ctx.db.deleteFrom('network_segments').where('network_id', '=', networkId).execute()
}

export async function segmentationIdsInUse(ctx: NetworkContext, networkType: string, physicalNetwork: string | null): Promise<Set<number>> {
  let query = ctx.db.selectFrom('network_segments').select('segmentation_id').where('network_type', '=', networkType)
  query = physicalNetwork === null ? query.where('physical_network', 'is', null) : query.where('physical_network', '=', physicalNetwork)
  return new Set((await query.execute()).map((r) => r.segmentation_id ?? -1))
}

export async function updateNetworkRow(ctx: NetworkContext, id: string, set: Partial<NetworkRow>): Promise<void> {
  if (Object.keys(set).length > 0) await ctx.db.updateTable('networks').set(set).where('id', '=', id).execute()
}

/** Projects that have ports (other than the network's own) or subnets on it. */
export async function projectsOnNetwork(ctx: NetworkContext, networkId: string): Promise<string[]> {
  const ports = await ctx.db.selectFrom('ports').select('project_id').distinct().where('network_id', '=', networkId).where('device_owner', 'not like', 'network:%').execute()
  const subnets = await ctx.db.selectFrom('subnets').select('project_id').distinct().where('network_id', '=', networkId).execute()
  return [...new Set([...ports, ...subnets].map((r) => r.project_id))].filter((p) => p !== '')
}

/** The default external network, if one is marked so. */
export async function defaultExternalNetwork(ctx: NetworkContext): Promise<NetworkRow | undefined> {
  return await ctx.db.selectFrom('networks').selectAll().where('is_default', '=', 1).where('external', '=', 1).executeTakeFirst()
}

/** Removes the row and all that hangs on it but ports and subnets. */
export async function deleteNetworkRow(ctx: NetworkContext, id: string): Promise<void> {
  await deleteSegments(ctx, id)
  await ctx.db.deleteFrom('dhcp_bindings').where('network_id', '=', id).execute()
  await ctx.db.deleteFrom('rbac_policies').where('object_id', '=', id).execute()
  await ctx.db.deleteFrom('resource_tags').where('resource_id', '=', id).execute()
  await ctx.db.deleteFrom('networks').where('id', '=', id).execute()
}

export async function getNetworks(ctx: NetworkContext, ids: readonly string[]): Promise<NetworkRow[]> {
  return ids.length === 0 ? [] : await selectIn<NetworkRow>(ctx, '*', 'networks', 'id', ids)
}
