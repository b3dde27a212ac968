/** Quotas: what a project has is counted from the rows, in the transaction that adds one. */
import { exceeded, lockProject, projectLimits } from '#core/quota/quota.ts'
import { pythonRepr } from '#core/schema/fault.ts'
import type { NetworkConfig, NetworkContext } from '../context.ts'
import { errors } from '../errors.ts'
import { countUsed, type QuotaName } from './quota.store.ts'

export function defaultLimits(config: NetworkConfig): Record<QuotaName, number> {
  return {
    network: config.quotaNetwork, subnet: config.quotaSubnet, port: config.quotaPort, router: config.quotaRouter, floatingip: config.quotaFloatingip,
    security_group: config.quotaSecurityGroup, security_group_rule: config.quotaSecurityGroupRule, rbac_policy: config.quotaRbacPolicy, subnetpool: config.quotaSubnetpool,
  }
}

/** Refuses when `more` of `name` would go over the project's limit. Concurrent requests of one project wait for each other here. */
export async function claimQuota(ctx: NetworkContext, projectId: string, name: string, more: number): Promise<void> {
  const limits = await projectLimits(ctx, projectId, defaultLimits(ctx.config))
  if ((limits[name] ?? -1) < 0) return
  await lockProject(ctx, projectId)
  const used = await countUsed(ctx, projectId, name as QuotaName)
  if (exceeded(limits, { [name]: used }, { [name]: more }).length === 0) return
  const detail = `${name}: ${used} of ${limits[name]!} are in use and ${more} more ${more === 1 ? 'was' : 'were'} asked for. Delete what is not needed, or have an administrator raise the limit.`
  throw errors.OverQuota({ overs: pythonRepr([name]) }, { extra: { detail } })
}
