/** RBAC policies: letting a project, or everybody, use something of one's own. */
import { isUniqueViolation } from '#core/db/database.ts'
import { pythonStr } from '#core/schema/fault.ts'
import type { AttributeTable, Item, Resource } from '../attributes/attribute.ts'
import { PROJECT } from '../attributes/standard.ts'
import { text, uuid } from '../attributes/validate.ts'
import { isAdmin, ownProject, type NetworkContext } from '../context.ts'
import type { NetworkTables, RbacPolicyRow } from '../database.ts'
import { errors, invalidInput } from '../errors.ts'
import { assertNotNeeded } from './dependents.ts'
import { deletePolicyRow, getPolicy, insertPolicy, ownerOf, retargetPolicy, type SharingAction } from './rbac-policy.store.ts'
import { refreshFlags } from './sharing.ts'

interface ObjectType { table: keyof NetworkTables; actions: readonly SharingAction[]; missing: (id: string) => Error }

/** What can be shared, and how. */
const TYPES: Record<string, ObjectType> = {
  network: { table: 'networks', actions: ['access_as_shared', 'access_as_external'], missing: (id) => errors.NetworkNotFound({ netId: id }) },
  security_group: { table: 'security_groups', actions: ['access_as_shared'], missing: (id) => errors.SecurityGroupNotFound({ id }) },
  address_scope: { table: 'address_scopes', actions: ['access_as_shared'], missing: (id) => errors.AddressScopeNotFound({ addressScopeId: id }) },
  subnetpool: { table: 'subnetpools', actions: ['access_as_shared'], missing: (id) => errors.SubnetPoolNotFound({ subnetpoolId: id }) },
}

function toObjectType(value: unknown): string {
  const type = typeof value === 'string' ? value.trim().toLowerCase() : ''
  if (!Object.hasOwn(TYPES, type)) throw invalidInput(`'${pythonStr(value)}' is not a valid RBAC object type`)
  return type
}

const attributes: AttributeTable = {
  id: { validate: uuid, filter: true },
  object_type: { post: true, default: null, convert: toObjectType, filter: true, enforce: true },
  object_id: { post: true, validate: uuid, filter: true, enforce: true },
  target_tenant: { post: true, put: true, validate: text(255), filter: true, enforce: true, column: 'target_project' },
  tenant_id: { ...PROJECT, sort: false }, project_id: { ...PROJECT, sort: false },
  action: { post: true, validate: text(255), filter: true, enforce: true },
}

export const rbacPolicyResource: Resource<RbacPolicyRow> = {
  name: 'rbac_policy', collection: 'rbac_policies', table: 'rbac_policies', attributes, quota: 'rbac_policy', unrevised: true,
  notFound: (id) => errors.RbacPolicyNotFound({ objectType: 'unknown', id }),
  scope: (ctx, rows) => rows.where('rbac_policies.project_id', '=', ownProject(ctx)),
  async views(_ctx, rows) {
    return rows.map((r) => ({ id: r.id, tenant_id: r.project_id, project_id: r.project_id, object_type: r.object_type, object_id: r.object_id, action: r.action, target_tenant: r.target_project }))
  },
  create: createPolicy,
  update: updatePolicy,
  delete: deletePolicy,
}

function pythonTuple(words: readonly string[]): string {
  return `(${words.map((w) => `'${w}'`).join(', ')}${words.length === 1 ? ',' : ''})`
}

async function createPolicy(ctx: NetworkContext, item: Item): Promise<RbacPolicyRow> {
  const row: RbacPolicyRow = {
    id: ctx.ids.uuid(), project_id: item['project_id'] as string, object_type: item['object_type'] as string, object_id: item['object_id'] as string,
    action: item['action'] as string, target_project: item['target_tenant'] as string,
  }
  const type = TYPES[row.object_type]!
  if (!(type.actions as readonly string[]).includes(row.action)) {
    throw errors.InvalidActionForType({ action: row.action, objectType: row.object_type, validActions: pythonTuple(type.actions) })
  }
  const owner = await ownerOf(ctx, type.table, row.object_id)
  if (owner === undefined) throw type.missing(row.object_id)
  if (!isAdmin(ctx) && owner !== ownProject(ctx)) throw invalidInput(`Only admins can manipulate policies on objects they do not own`)
  await guarded(insertPolicy(ctx, row))
  await refreshFlags(ctx, row)
  return row
}

async function updatePolicy(ctx: NetworkContext, id: string, item: Item): Promise<void> {
  const row = await policyOrFail(ctx, id)
  const target = (item['target_tenant'] ?? row.target_project) as string
  if (target === row.target_project) return
  await guarded(retargetPolicy(ctx, id, target))
  await assertNotNeeded(ctx, row)
  await refreshFlags(ctx, row)
}

async function deletePolicy(ctx: NetworkContext, id: string): Promise<void> {
  const row = await policyOrFail(ctx, id)
  await deletePolicyRow(ctx, id)
  await assertNotNeeded(ctx, row)
  await refreshFlags(ctx, row)
}

async function policyOrFail(ctx: NetworkContext, id: string): Promise<RbacPolicyRow> {
  const row = await getPolicy(ctx, id)
  if (row === undefined) throw errors.RbacPolicyNotFound({ objectType: 'unknown', id })
  return row
}

async function guarded(work: Promise<unknown>): Promise<void> {
  try {
    await work
  } catch (error) {
    if (isUniqueViolation(error)) throw errors.DuplicateRbacPolicy()
    throw error
  }
}
