/** Whether anybody still relies on a policy that is being taken away (it is gone already when this asks). */
import type { NetworkContext } from '../context.ts'
import type { RbacPolicyRow } from '../database.ts'
import { errors } from '../errors.ts'
import { defaultExternalNetwork, getNetwork, projectsOnNetwork } from '../networks/network.store.ts'
import { projectsInGroup, projectsInPool, projectsInScope, projectsRoutingTo, targetsOf } from './rbac-policy.store.ts'

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
  if (gone.action === 'access_as_external') return await projectsRoutingTo(ctx, id)
  switch (gone.object_type) {
    case 'network': return await projectsOnNetwork(ctx, id)
    case 'security_group': return await projectsInGroup(ctx, id)
    case 'subnetpool': return await projectsInPool(ctx, id)
    default: return await projectsInScope(ctx, id)
  }
}

async function withoutAccess(ctx: NetworkContext, gone: RbacPolicyRow, users: readonly string[]): Promise<string[]> {
  const concerned = gone.target_project === '*' ? users : users.filter((u) => u === gone.target_project)
  if (concerned.length === 0) return []
  const allowed = new Set(await targetsOf(ctx, gone.object_id, gone.action))
  if (allowed.has('*')) return []
  const owner = gone.object_type === 'network' ? (await getNetwork(ctx, gone.object_id))?.project_id : gone.project_id
  return concerned.filter((u) => u !== owner && !allowed.has(u))
}
