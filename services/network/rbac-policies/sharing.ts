/**
 * Who may use what is not theirs. The RBAC policies are the truth; `shared` and `external` of a network say whether
 * there is one for everybody, so that lists need no join.
 */
import { flag } from '#core/db/json.ts'
import { loose, type Rows } from '../attributes/attribute.ts'
import { revise } from '../attributes/revision.store.ts'
import { ownProject, type NetworkContext } from '../context.ts'
import type { NetworkRow } from '../database.ts'
import { errors } from '../errors.ts'
import { projectsOnNetwork } from '../networks/network.store.ts'

export type SharingAction = 'access_as_shared' | 'access_as_external'

/** Sub-select: objects of a type that the caller may use by one of these actions. */
export function objectsSharedWith(ctx: NetworkContext, objectType: string, actions: readonly SharingAction[]): never {
  return loose(ctx).selectFrom('rbac_policies').select('object_id').where('object_type', '=', objectType)
    .where('target_project', 'in', ['*', ownProject(ctx)]).where('action', 'in', actions as string[]) as never
}

export function networksSharedWith(ctx: NetworkContext, actions: readonly SharingAction[]): never {
  return objectsSharedWith(ctx, 'network', actions)
}

/** Sub-select: networks of the caller's own project. */
export function ownNetworks(ctx: NetworkContext): never {
  return loose(ctx).selectFrom('networks').select('id').where('project_id', '=', ownProject(ctx)) as never
}

/** `shared=True` also finds what is shared with the caller by name. */
export function sharedFilter(ctx: NetworkContext, rows: Rows, table: string, values: readonly unknown[]): Rows {
  const objectType = { networks: 'network', subnetpools: 'subnetpool', address_scopes: 'address_scope', security_groups: 'security_group' }[table]!
  const shared = objectsSharedWith(ctx, objectType, ['access_as_shared'])
  return rows.where((eb) => eb.or([...new Set(values)].map((v) => eb(`${table}.id`, v === true ? 'in' : 'not in', shared))))
}

/** Ids of all objects of a type that the caller may use by `access_as_shared`. */
export async function sharedIds(ctx: NetworkContext, objectType: string): Promise<Set<string>> {
  const rows = await ctx.db.selectFrom('rbac_policies').select('object_id').where('object_type', '=', objectType)
    .where('target_project', 'in', ['*', ownProject(ctx)]).where('action', '=', 'access_as_shared').execute()
  return new Set(rows.map((r) => r.object_id))
}

export async function shareNetwork(ctx: NetworkContext, network: NetworkRow, action: SharingAction): Promise<void> {
  await shareObject(ctx, 'network', network, action)
}

/** Lets everybody use it. */
export async function shareObject(ctx: NetworkContext, objectType: string, object: { id: string; project_id: string }, action: SharingAction = 'access_as_shared'): Promise<void> {
  const row = { id: ctx.ids.uuid(), project_id: object.project_id, object_type: objectType, object_id: object.id, action, target_project: '*' }
  await ctx.db.insertInto('rbac_policies').values(row).execute()
}

/** `all`: policies for named projects go too. */
export async function unshareNetwork(ctx: NetworkContext, network: NetworkRow, action: SharingAction, all = false): Promise<void> {
  let rows = ctx.db.deleteFrom('rbac_policies').where('object_id', '=', network.id).where('action', '=', action)
  if (!all) rows = rows.where('target_project', '=', '*')
  await rows.execute()
}

/** Refuses to take a network back while projects use it that no other policy lets in. */
export async function assertUnsharable(ctx: NetworkContext, network: NetworkRow): Promise<void> {
  const rows = await ctx.db.selectFrom('rbac_policies').select('target_project').where('object_id', '=', network.id)
    .where('action', '=', 'access_as_shared').where('target_project', '<>', '*').execute()
  const allowed = new Set([network.project_id, ...rows.map((r) => r.target_project)])
  const others = (await projectsOnNetwork(ctx, network.id)).filter((p) => !allowed.has(p))
  if (others.length > 0) throw errors.InvalidSharedSetting({ network: network.name })
}

/** May this project use the object by a policy? */
export async function isSharedWith(ctx: NetworkContext, objectId: string, projectId: string, action: SharingAction = 'access_as_shared'): Promise<boolean> {
  const row = await ctx.db.selectFrom('rbac_policies').select('id').where('object_id', '=', objectId).where('action', '=', action)
    .where('target_project', 'in', ['*', projectId]).executeTakeFirst()
  return row !== undefined
}


const FLAGGED = { network: 'networks', subnetpool: 'subnetpools', address_scope: 'address_scopes' } as const

/** Brings `shared` and `external` of an object in step with the policies that are left. For a network that is a change; upstream counts two where it is about the outside. */
export async function refreshFlags(ctx: NetworkContext, policy: { object_type: string; object_id: string; action: string }): Promise<void> {
  const { object_type: type, object_id: id, action } = policy
  if (!Object.hasOwn(FLAGGED, type)) return
  const left = await ctx.db.selectFrom('rbac_policies').select('target_project').where('object_id', '=', id).where('action', '=', action).execute()
  const set = action === 'access_as_external' ? { external: flag(left.length > 0) } : { shared: flag(left.some((r) => r.target_project === '*')) }
  if (type === 'network') await revise(ctx, 'networks', id, action === 'access_as_external' ? 2 : 1)
  await loose(ctx).updateTable(FLAGGED[type as keyof typeof FLAGGED]).set(set as never).where('id', '=', id).execute()
}
