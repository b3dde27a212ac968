/** What is limited, and what limits it where nobody said otherwise. The last four were nova-network's, and never limit. */
import type { ComputeContext } from '../context.ts'

const CONFIGURED = {
  instances: 'quotaInstances', cores: 'quotaCores', ram: 'quotaRamMiB', metadata_items: 'quotaMetadataItems',
  injected_files: 'quotaInjectedFiles', injected_file_content_bytes: 'quotaInjectedFileContentBytes', injected_file_path_bytes: 'quotaInjectedFilePathBytes',
  key_pairs: 'quotaKeyPairs', server_groups: 'quotaServerGroups', server_group_members: 'quotaServerGroupMembers',
} as const

export const FILE_QUOTAS = ['injected_files', 'injected_file_content_bytes', 'injected_file_path_bytes'] as const
export const NETWORK_QUOTAS = ['fixed_ips', 'floating_ips', 'security_groups', 'security_group_rules'] as const
export const QUOTA_NAMES: readonly string[] = [...Object.keys(CONFIGURED), ...NETWORK_QUOTAS]

export type Limits = Record<string, number>

export function configuredLimits({ config }: Pick<ComputeContext, 'config'>): Limits {
  return {
    ...Object.fromEntries(Object.entries(CONFIGURED).map(([name, option]) => [name, config[option]])),
    ...Object.fromEntries(NETWORK_QUOTAS.map((name) => [name, -1])),
  }
}

export const UNLIMITED = -1
