/** Quotas as the API speaks of them, latest shape. */
import { Type, type TSchema } from '#core/schema/schema.ts'
import { AnyText, Flag, many, numeric, querySchema } from '../schema/parameter-types.ts'

export const FILE_QUOTAS = ['injected_files', 'injected_file_content_bytes', 'injected_file_path_bytes'] as const
/** These were nova-network's, and never limit. */
export const NETWORK_QUOTAS = ['fixed_ips', 'floating_ips', 'security_groups', 'security_group_rules'] as const
/** All that can be limited. */
export const QUOTA_NAMES: readonly string[] = [
  'instances', 'cores', 'ram', 'metadata_items', ...FILE_QUOTAS, 'key_pairs', 'server_groups', 'server_group_members', ...NETWORK_QUOTAS,
]

export const Limit = numeric({ pattern: '^-?[0-9]+$', minimum: -1, maximum: 0x7fff_ffff })

const gone: readonly string[] = [...FILE_QUOTAS, ...NETWORK_QUOTAS]
const limits: Record<string, TSchema> = Object.fromEntries(QUOTA_NAMES.filter((name) => !gone.includes(name)).map((name) => [name, Limit]))

function setOf<T>(key: string, properties: Record<string, TSchema>) {
  return Type.Unsafe<T>({
    type: 'object', additionalProperties: false, required: [key], properties: { [key]: { type: 'object', properties, additionalProperties: false } },
  })
}

export type GivenLimits = Record<string, number | string>
export interface QuotaSetUpdate { quota_set: GivenLimits & { force?: boolean | string } }
export interface QuotaClassUpdate { quota_class_set: GivenLimits }

export const QuotaSetUpdate = setOf<QuotaSetUpdate>('quota_set', { ...limits, force: Flag })
export const QuotaClassUpdate = setOf<QuotaClassUpdate>('quota_class_set', limits)
export const QuotaQuery = querySchema({ user_id: many(AnyText) }, false)
