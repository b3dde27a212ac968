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
import { deletePoliciesOf, insertPolicy, setSharing, targetsOf, type SharingAction } from './rbac-policy.store.ts'

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

export async function shareNetwork(ctx: NetworkContext, network: NetworkRow, action: SharingAction): Promise<void> {
  await shareObject(ctx, 'network', network, action)
}

/** Lets everybody use it. */
export async function shareObject(ctx: NetworkContext, objectType: string, object: { id: string; project_id: string }, action: SharingAction = 'access_as_shared'): Promise<void> {
  const row = { id: ctx.ids.uuid(), project_id: object.project_id, object_type: objectType, object_id: object.id, action, target_project: '*' }
  await insertPolicy(ctx, row)
}

/** `all`: policies for named projects go too. */
export async function unshareNetwork(ctx: NetworkContext, network: NetworkRow, action: SharingAction, all = false): Promise<void> {
  await deletePoliciesOf(ctx, network.id, action, all)
}

/** Refuses to take a network back while projects use it that no other policy lets in. */
export async function assertUnsharable(ctx: NetworkContext, network: NetworkRow): Promise<void> {
  const named = (await targetsOf(ctx, network.id, 'access_as_shared')).filter((project) => project !== '*')
  const allowed = new Set([network.project_id, ...named])
  const others = (await projectsOnNetwork(ctx, network.id)).filter((p) => !allowed.has(p))
  if (others.length > 0) throw errors.InvalidSharedSetting({ network: network.name })
}

const FLAGGED = { network: 'networks', subnetpool: 'subnetpools', address_scope: 'address_scopes' } as const

/** Brings `shared` and `external` of an object in step with the policies that are left. For a network that is a change; upstream counts two where it is about the outside. */
export async function refreshFlags(ctx: NetworkContext, policy: { object_type: string; object_id: string; action: string }): Promise<void> {
  const { object_type: type, object_id: id, action } = policy
  if (!Object.hasOwn(FLAGGED, type)) return
  const left = await targetsOf(ctx, id, action)
  const set = action === 'access_as_external' ? { external: flag(left.length > 0) } : { shared: flag(left.includes('*')) }
  if (type === 'network') await revise(ctx, 'networks', id, action === 'access_as_external' ? 2 : 1)
  await setSharing(ctx, FLAGGED[type as keyof typeof FLAGGED], id, set)
}
