/** Subnet pools: the attribute table, who may know of which, create, update, delete. */
import { flag, fromJson, toJson } from '#core/db/json.ts'
import { parseCidr } from '../addresses/cidr.ts'
import type { IpVersion } from '../addresses/ip.ts'
import { intersects, isSubset } from '../addresses/ranges.ts'
import { UNSET, type AttributeTable, type Item, type Resource, type View } from '../attributes/attribute.ts'
import { tagsOf } from '../attributes/children.ts'
import { toBoolean, toInteger } from '../attributes/convert.ts'
import { newRow } from '../attributes/revisions.ts'
import { findRow } from '../attributes/select-rows.store.ts'
import { name, readOnly, standard, standardView } from '../attributes/standard.ts'
import { listOf, nonNegative, notEmptyText, orNull, subnet, uuid } from '../attributes/validate.ts'
import { isAdmin, ownProject, type NetworkContext } from '../context.ts'
import type { SubnetpoolRow } from '../database.ts'
import { errors, invalidInput } from '../errors.ts'
import { addressScopeResource } from '../address-scopes/address-scope.resource.ts'
import { objectsSharedWith, shareObject, sharedFilter } from '../rbac-policies/sharing.ts'
import { sharedIds } from '../rbac-policies/rbac-policy.store.ts'
import { subnetsOfPool } from '../subnets/subnet.store.ts'
import { assertOneScopePerNetwork } from './scope-affinity.ts'
import { prefixTexts, readBounds, readPrefixes, type PoolBounds } from './read-subnetpool.ts'
import { defaultSubnetpool, deleteSubnetpoolRow, getSubnetpool, insertSubnetpool, subnetpoolsOfScope, updateSubnetpoolRow } from './subnetpool.store.ts'

const LENGTH = { post: true, put: true, default: UNSET, convert: toInteger, validate: nonNegative, filter: true, sort: true } as const

const attributes: AttributeTable = standard({
  name: { post: true, put: true, validate: notEmptyText(255), filter: true, sort: true },
  prefixes: { post: true, put: true, validate: listOf(subnet) },
  default_quota: LENGTH,
  ip_version: readOnly(),
  default_prefixlen: LENGTH, min_prefixlen: LENGTH, max_prefixlen: LENGTH,
  is_default: { post: true, put: true, default: false, convert: toBoolean, filter: true, sort: true, enforce: true },
  shared: { post: true, default: false, convert: toBoolean, filter: true, sort: true, enforce: true },
  address_scope_id: name({ default: UNSET, validate: orNull(uuid) }),
})

export const subnetpoolResource: Resource<SubnetpoolRow> = {
  name: 'subnetpool', collection: 'subnetpools', table: 'subnetpools', attributes, quota: 'subnetpool',
  notFound: (id) => errors.SubnetPoolNotFound({ subnetpoolId: id }),
  scope: (ctx, rows) => rows.where((eb) => eb.or([eb('subnetpools.project_id', '=', ownProject(ctx)), eb('subnetpools.id', 'in', objectsSharedWith(ctx, 'subnetpool', ['access_as_shared']))])),
  filters: { shared: (ctx, rows, values) => sharedFilter(ctx, rows, 'subnetpools', values) },
  async views(ctx, rows) {
    const [tags, shared] = [await tagsOf(ctx, rows), await sharedIds(ctx, 'subnetpool')]
    return rows.map((row) => subnetpoolView(row, tags, shared))
  },
  create: createSubnetpool,
  update: updateSubnetpool,
  async delete(ctx, id) {
    if ((await subnetsOfPool(ctx, id)).length > 0) throw errors.SubnetPoolDeleteError({ reason: 'Subnet pool has existing allocations' })
    await deleteSubnetpoolRow(ctx, id)
  },
}

function subnetpoolView(row: SubnetpoolRow, tags: Map<string, string[]>, shared: Set<string>): View {
  return {
    ...standardView(row, tags), name: row.name, prefixes: fromJson<string[]>(row.prefixes, []), ip_version: row.ip_version,
    // Upstream prints the lengths as text in some places and numbers in others; clients read numbers.
    min_prefixlen: row.min_prefixlen, max_prefixlen: row.max_prefixlen, default_prefixlen: row.default_prefixlen, default_quota: row.default_quota,
    is_default: row.is_default === 1, shared: shared.has(row.id), address_scope_id: row.address_scope_id,
  }
}

async function createSubnetpool(ctx: NetworkContext, item: Item): Promise<SubnetpoolRow> {
  const { version, cidrs } = readPrefixes(item['prefixes'] as string[])
  const row: SubnetpoolRow = {
    ...newRow(ctx, item), name: item['name'] as string, ip_version: version, prefixes: toJson(prefixTexts(cidrs)), ...readBounds(version, item as Partial<PoolBounds>),
    default_quota: (item['default_quota'] as number | undefined) ?? null, is_default: flag(item['is_default'] === true), shared: flag(item['shared'] === true),
    address_scope_id: (item['address_scope_id'] as string | undefined) ?? null,
  }
  if (row.is_default === 1) await assertNoDefault(ctx, version)
  if (row.address_scope_id !== null) await assertScope(ctx, row, row.address_scope_id)
  await insertSubnetpool(ctx, row)
  if (row.shared === 1) await shareObject(ctx, 'subnetpool', row)
  return row
}

export async function updateSubnetpool(ctx: NetworkContext, id: string, item: Item): Promise<void> {
  const row = await getSubnetpool(ctx, id)
  if (row === undefined) throw errors.SubnetPoolNotFound({ subnetpoolId: id })
  if (row.address_scope_id !== null && !isAdmin(ctx) && (await findRow(ctx, addressScopeResource, row.address_scope_id))?.project_id !== ownProject(ctx)) {
    throw errors.IllegalSubnetPoolUpdate({ reason: `subnetpool ${id} cannot be updated when associated with shared address scope ${row.address_scope_id}` })
  }
  const set: Partial<SubnetpoolRow> = {}
  for (const key of ['name', 'description'] as const) if (key in item) set[key] = item[key] as string
  if ('default_quota' in item) set.default_quota = item['default_quota'] as number | null
  if ('prefixes' in item) set.prefixes = toJson(morePrefixes(row, item['prefixes'] as string[]))
  Object.assign(set, readBounds(row.ip_version as IpVersion, { ...boundsOf(row), ...(item as Partial<PoolBounds>) }))
  if ('is_default' in item) {
    if (item['is_default'] === true && row.is_default === 0) await assertNoDefault(ctx, row.ip_version)
    set.is_default = flag(item['is_default'] === true)
  }
  const scope = 'address_scope_id' in item ? (item['address_scope_id'] as string | null) : row.address_scope_id
  set.address_scope_id = scope
  if (scope !== null) await assertScope(ctx, { ...row, ...set }, scope)
  else if (row.address_scope_id !== null) await assertOneScopePerNetwork(ctx, row)
  await updateSubnetpoolRow(ctx, id, set)
}

function boundsOf(row: SubnetpoolRow): PoolBounds {
  return { min_prefixlen: row.min_prefixlen, max_prefixlen: row.max_prefixlen, default_prefixlen: row.default_prefixlen }
}

/** A pool may grow; what was given out of it must stay in it. */
function morePrefixes(row: SubnetpoolRow, prefixes: string[]): string[] {
  const { version, cidrs } = readPrefixes(prefixes)
  if (version !== row.ip_version) throw errors.PrefixVersionMismatch()
  const held = fromJson<string[]>(row.prefixes, []).map((p) => parseCidr(p)!)
  if (!isSubset(held, cidrs)) throw errors.IllegalSubnetPoolPrefixUpdate({ msg: 'Existing prefixes must be a subset of the new prefixes' })
  return prefixTexts(cidrs)
}

async function assertNoDefault(ctx: NetworkContext, version: number): Promise<void> {
  if ((await defaultSubnetpool(ctx, version)) !== undefined) {
    throw invalidInput('A default subnetpool for this IP family has already been set. Only one default may exist per IP family')
  }
}

/** The scope exists for the caller, is of the family, and no other pool in it has these addresses. */
async function assertScope(ctx: NetworkContext, pool: SubnetpoolRow, scopeId: string): Promise<void> {
  const scope = await findRow(ctx, addressScopeResource, scopeId)
  if (scope === undefined) throw errors.AddressScopeNotFound({ addressScopeId: scopeId })
  if (scope.ip_version !== pool.ip_version) throw errors.IllegalSubnetPoolIpVersionAssociationToAddressScope({ subnetpoolId: pool.id, addressScopeId: scopeId, ipVersion: scope.ip_version })
  await assertOneScopePerNetwork(ctx, pool)
  const mine = fromJson<string[]>(pool.prefixes, []).map((p) => parseCidr(p)!)
  for (const other of await subnetpoolsOfScope(ctx, scopeId)) {
    if (other.id !== pool.id && intersects(mine, fromJson<string[]>(other.prefixes, []).map((p) => parseCidr(p)!))) throw errors.AddressScopePrefixConflict()
  }
}
