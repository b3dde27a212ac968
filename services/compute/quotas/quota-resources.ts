/** What limits where nobody said otherwise: the options. */
import type { ComputeContext } from '../context.ts'
import { NETWORK_QUOTAS } from './quota.schema.ts'

const CONFIGURED = {
  instances: 'quotaInstances', cores: 'quotaCores', ram: 'quotaRamMiB', metadata_items: 'quotaMetadataItems',
  injected_files: 'quotaInjectedFiles', injected_file_content_bytes: 'quotaInjectedFileContentBytes', injected_file_path_bytes: 'quotaInjectedFilePathBytes',
  key_pairs: 'quotaKeyPairs', server_groups: 'quotaServerGroups', server_group_members: 'quotaServerGroupMembers',
} as const

export type Limits = Record<string, number>

export function configuredLimits({ config }: Pick<ComputeContext, 'config'>): Limits {
  return {
    ...Object.fromEntries(Object.entries(CONFIGURED).map(([name, option]) => [name, config[option]])),
    ...Object.fromEntries(NETWORK_QUOTAS.map((name) => [name, -1])),
  }
}

export const UNLIMITED = -1
