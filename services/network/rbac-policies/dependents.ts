/** Whether anybody still relies on a policy that is being taken away (it is gone already when this asks). */
import type { NetworkContext } from '../context.ts'
import type { RbacPolicyRow } from '../database.ts'
import { errors } from '../errors.ts'
import { defaultExternalNetwork, getNetwork, projectsOnNetwork } from '../networks/network.store.ts'

export async function assertNotNeeded(ctx: NetworkContext, gone: RbacPolicyRow): Promise<void> {
  const users = await usersOf(ctx, gone)
  const stranded = (await withoutAccess(ctx, gone, users))
  if (stranded.length > 0) throw errors.RbacPolicyInUse({ objectId: gone.object_id, details: detailsFor(gone) })
  if (gone.action === 'access_as_external' && gone.target_project === '*' && (await defaultExternalNetwork(ctx))?.id === gone.object_id) {
    throw errors.RbacPolicyInUse({ objectId: gone.object_id, details: 'Default external networks must be shared to everyone.' })
  }
}

function detailsFor(gone: RbacPolicyRow): string {
  if (gone.action === 'access_as_external') return 'There are routers attached to this network that depend on this policy for access.'
  return gone.object_type === 'network' ? `Callback failure: Unable to reconfigure sharing settings for network ${gone.object_id}. Multiple tenants are using it.` : `project_id=${gone.target_project}`
}

/** Projects that use the object in the way the policy allowed. */
async function usersOf(ctx: NetworkContext, gone: RbacPolicyRow): Promise<string[]> {
  const id = gone.object_id
  if (gone.action === 'access_as_external') {
    return (await ctx.db.selectFrom('routers').select('project_id').distinct().where('gw_network_id', '=', id).execute()).map((r) => r.project_id)
  }
  switch (gone.object_type) {
    case 'network': return await projectsOnNetwork(ctx, id)
    case 'security_group': return (await ctx.db.selectFrom('port_security_groups').innerJoin('ports', 'ports.id', 'port_security_groups.port_id').select('ports.project_id').distinct().where('security_group_id', '=', id).execute()).map((r) => r.project_id)
    case 'subnetpool': return (await ctx.db.selectFrom('subnets').select('project_id').distinct().where('subnetpool_id', '=', id).execute()).map((r) => r.project_id)
    default: return (await ctx.db.selectFrom('subnetpools').select('project_id').distinct().where('address_scope_id', '=', id).execute()).map((r) => r.project_id)
  }
}

async function withoutAccess(ctx: NetworkContext, gone: RbacPolicyRow, users: readonly string[]): Promise<string[]> {
  const concerned = gone.target_project === '*' ? users : users.filter((u) => u === gone.target_project)
  if (concerned.length === 0) return []
  const left = await ctx.db.selectFrom('rbac_policies').select('target_project').where('object_id', '=', gone.object_id).where('action', '=', gone.action).execute()
  const allowed = new Set(left.map((r) => r.target_project))
  if (allowed.has('*')) return []
  const owner = gone.object_type === 'network' ? (await getNetwork(ctx, gone.object_id))?.project_id : gone.project_id
  return concerned.filter((u) => u !== owner && !allowed.has(u))
}
