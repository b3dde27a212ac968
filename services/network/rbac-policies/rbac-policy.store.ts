/** SQL about RBAC policies, and about who uses what they share. */
import { loose } from '../attributes/attribute.ts'
import { ownProject, type NetworkContext } from '../context.ts'
import type { NetworkTables, RbacPolicyRow } from '../database.ts'

export type SharingAction = 'access_as_shared' | 'access_as_external'

export async function getPolicy(ctx: NetworkContext, id: string): Promise<RbacPolicyRow | undefined> {
  return await ctx.db.selectFrom('rbac_policies').selectAll().where('id', '=', id).executeTakeFirst()
}

export async function insertPolicy(ctx: NetworkContext, row: RbacPolicyRow): Promise<void> {
  await ctx.db.insertInto('rbac_policies').values(row).execute()
}

export async function retargetPolicy(ctx: NetworkContext, id: string, targetProject: string): Promise<void> {
  await ctx.db.updateTable('rbac_policies').set({ target_project: targetProject }).where('id', '=', id).execute()
}

export async function deletePolicyRow(ctx: NetworkContext, id: string): Promise<void> {
  await ctx.db.deleteFrom('rbac_policies').where('id', '=', id).execute()
}

/** Takes an object back from everybody; with `all`, from named projects too. */
export async function deletePoliciesOf(ctx: NetworkContext, objectId: string, action: SharingAction, all: boolean): Promise<void> {
  let rows = ctx.db.deleteFrom('rbac_policies').where('object_id', '=', objectId).where('action', '=', action)
  if (!all) rows = rows.where('target_project', '=', '*')
  await rows.execute()
}

/** Whom the policies of an object let use it by this action; `*` is everybody. */
export async function targetsOf(ctx: NetworkContext, objectId: string, action: string): Promise<string[]> {
  const rows = await ctx.db.selectFrom('rbac_policies').select('target_project').where('object_id', '=', objectId).where('action', '=', action).execute()
  return rows.map((r) => r.target_project)
}

/** May this project use the object by a policy? */
export async function isSharedWith(ctx: NetworkContext, objectId: string, projectId: string, action: SharingAction = 'access_as_shared'): Promise<boolean> {
  const row = await ctx.db.selectFrom('rbac_policies').select('id').where('object_id', '=', objectId).where('action', '=', action)
    .where('target_project', 'in', ['*', projectId]).executeTakeFirst()
  return row !== undefined
}

/** Ids of all objects of a type that the caller may use by `access_as_shared`. */
export async function sharedIds(ctx: NetworkContext, objectType: string): Promise<Set<string>> {
  const rows = await ctx.db.selectFrom('rbac_policies').select('object_id').where('object_type', '=', objectType)
    .where('target_project', 'in', ['*', ownProject(ctx)]).where('action', '=', 'access_as_shared').execute()
  return new Set(rows.map((r) => r.object_id))
}

/** Whose the object is; undefined when there is none. */
export async function ownerOf(ctx: NetworkContext, table: keyof NetworkTables, id: string): Promise<string | undefined> {
  const row = await loose(ctx).selectFrom(table).select('project_id').where('id', '=', id).executeTakeFirst()
  return row?.['project_id'] as string | undefined
}

export async function setSharing(ctx: NetworkContext, table: 'networks' | 'subnetpools' | 'address_scopes', id: string, set: { shared: 0 | 1 } | { external: 0 | 1 }): Promise<void> {
  await loose(ctx).updateTable(table).set(set as never).where('id', '=', id).execute()
}

/** Projects with a router whose gateway is on the network. */
export async function projectsRoutingTo(ctx: NetworkContext, networkId: string): Promise<string[]> {
  return projects(await ctx.db.selectFrom('routers').select('project_id').distinct().where('gw_network_id', '=', networkId).execute())
}

/** Projects with a port in the group. */
export async function projectsInGroup(ctx: NetworkContext, groupId: string): Promise<string[]> {
  return projects(await ctx.db.selectFrom('port_security_groups').innerJoin('ports', 'ports.id', 'port_security_groups.port_id').select('ports.project_id').distinct().where('security_group_id', '=', groupId).execute())
}

/** Projects with a subnet out of the pool. */
export async function projectsInPool(ctx: NetworkContext, subnetpoolId: string): Promise<string[]> {
  return projects(await ctx.db.selectFrom('subnets').select('project_id').distinct().where('subnetpool_id', '=', subnetpoolId).execute())
}

/** Projects with a pool in the scope. */
export async function projectsInScope(ctx: NetworkContext, addressScopeId: string): Promise<string[]> {
  return projects(await ctx.db.selectFrom('subnetpools').select('project_id').distinct().where('address_scope_id', '=', addressScopeId).execute())
}

function projects(rows: readonly { project_id: string }[]): string[] {
  return rows.map((r) => r.project_id)
}
