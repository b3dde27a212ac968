/** Limits → API: each has one name or two here, and what is used another. Rates are not limited. */
import type { Limits } from '../quotas/quota-resources.ts'

const LIMIT_NAMES: Record<string, string[]> = {
  ram: ['maxTotalRAMSize'], instances: ['maxTotalInstances'], cores: ['maxTotalCores'], key_pairs: ['maxTotalKeypairs'], floating_ips: ['maxTotalFloatingIps'],
  metadata_items: ['maxServerMeta', 'maxImageMeta'], injected_files: ['maxPersonality'], injected_file_content_bytes: ['maxPersonalitySize'],
  security_groups: ['maxSecurityGroups'], security_group_rules: ['maxSecurityGroupRules'], server_groups: ['maxServerGroups'], server_group_members: ['maxServerGroupMembers'],
}
const USED_NAMES: Record<string, string> = {
  ram: 'totalRAMUsed', cores: 'totalCoresUsed', instances: 'totalInstancesUsed', floating_ips: 'totalFloatingIpsUsed',
  security_groups: 'totalSecurityGroupsUsed', server_groups: 'totalServerGroupsUsed',
}

export function limitsView(limits: Limits, used: Limits, isHidden: (name: string) => boolean): object {
  const absolute: Record<string, number> = {}
  for (const [resource, names] of Object.entries(LIMIT_NAMES)) {
    if (isHidden(resource)) continue
    for (const name of names) if (!isHidden(name)) absolute[name] = limits[resource]!
  }
  for (const [resource, name] of Object.entries(USED_NAMES)) if (!isHidden(resource)) absolute[name] = used[resource] ?? 0
  return { limits: { rate: [], absolute } }
}
