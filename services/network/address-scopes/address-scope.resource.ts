/** Address scopes: the attribute table, who may know of which, create, update, delete. */
import { flag } from '#core/db/json.ts'
import type { AttributeTable, Item, Resource } from '../attributes/attribute.ts'
import { tagsOf } from '../attributes/children.ts'
import { toBoolean, toInteger } from '../attributes/convert.ts'
import { newRow } from '../attributes/revisions.ts'
import { name, standard, standardView } from '../attributes/standard.ts'
import { oneOf } from '../attributes/validate.ts'
import { ownProject, type NetworkContext } from '../context.ts'
import type { AddressScopeRow } from '../database.ts'
import { errors } from '../errors.ts'
import { objectsSharedWith, shareObject, sharedFilter } from '../rbac-policies/sharing.ts'
import { sharedIds } from '../rbac-policies/rbac-policy.store.ts'
import { deleteAddressScopeRow, getAddressScope, insertAddressScope, isScopeInUse, updateAddressScopeRow } from './address-scope.store.ts'

const attributes: AttributeTable = standard({
  name: name(),
  shared: { post: true, put: true, default: false, convert: toBoolean, filter: true, sort: true, enforce: true },
  ip_version: { post: true, convert: toInteger, validate: oneOf([4, 6]), filter: true, sort: true },
})
for (const tagged of ['description', 'created_at', 'updated_at', 'revision_number', 'tags', 'tags-any', 'not-tags', 'not-tags-any']) delete attributes[tagged]

export const addressScopeResource: Resource<AddressScopeRow> = {
  name: 'address_scope', collection: 'address_scopes', table: 'address_scopes', attributes,
  notFound: (id) => errors.AddressScopeNotFound({ addressScopeId: id }),
  scope: (ctx, rows) => rows.where((eb) => eb.or([eb('address_scopes.project_id', '=', ownProject(ctx)), eb('address_scopes.id', 'in', objectsSharedWith(ctx, 'address_scope', ['access_as_shared']))])),
  filters: { shared: (ctx, rows, values) => sharedFilter(ctx, rows, 'address_scopes', values) },
  async views(ctx, rows) {
    const [tags, shared] = [await tagsOf(ctx, rows), await sharedIds(ctx, 'address_scope')]
    return rows.map((row) => {
      const { id, tenant_id, project_id } = standardView(row, tags)
      return { id, tenant_id, project_id, name: row.name, ip_version: row.ip_version, shared: shared.has(row.id) }
    })
  },
  create: createAddressScope,
  update: updateAddressScope,
  async delete(ctx, id) {
    if (await isScopeInUse(ctx, id)) throw errors.AddressScopeInUse({ addressScopeId: id })
    await deleteAddressScopeRow(ctx, id)
  },
}

async function createAddressScope(ctx: NetworkContext, item: Item): Promise<AddressScopeRow> {
  const row: AddressScopeRow = { ...newRow(ctx, item), name: item['name'] as string, ip_version: item['ip_version'] as number, shared: flag(item['shared'] === true) }
  await insertAddressScope(ctx, row)
  if (row.shared === 1) await shareObject(ctx, 'address_scope', row)
  return row
}

/** What is shared stays shared: pools of others may be in it. */
async function updateAddressScope(ctx: NetworkContext, id: string, item: Item): Promise<void> {
  const row = await getAddressScope(ctx, id)
  if (row === undefined) throw errors.AddressScopeNotFound({ addressScopeId: id })
  if (row.shared === 1 && item['shared'] === false) throw errors.AddressScopeUpdateError({ addressScopeId: id, reason: "Shared address scope can't be unshared" })
  const set: Partial<AddressScopeRow> = {}
  if ('name' in item) set.name = item['name'] as string
  if (item['shared'] === true && row.shared === 0) {
    set.shared = 1
    await shareObject(ctx, 'address_scope', row)
  }
  await updateAddressScopeRow(ctx, id, set)
}
