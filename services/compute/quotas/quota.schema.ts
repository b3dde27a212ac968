/** Quotas as the API speaks of them, latest shape. */
import { Type, type TSchema } from '#core/schema/schema.ts'
import { AnyText, Flag, many, querySchema } from '../schema/parameter-types.ts'
import { FILE_QUOTAS, NETWORK_QUOTAS, QUOTA_NAMES } from './quota-resources.ts'

export const Limit = Type.Unsafe<number | string>({ type: ['integer', 'string'], pattern: '^-?[0-9]+$', minimum: -1, maximum: 0x7fff_ffff })

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
