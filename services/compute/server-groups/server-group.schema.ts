/** Server groups as the API speaks of them, latest shape. */
import { Type, type Static } from '#core/schema/schema.ts'
import { AnyText, closed, FlavorPositive, LimitValue, many, Name, querySchema, wrapped } from '../schema/parameter-types.ts'

export const GROUP_POLICIES = ['anti-affinity', 'affinity', 'soft-anti-affinity', 'soft-affinity'] as const
export type GroupPolicy = (typeof GROUP_POLICIES)[number]

export const ServerGroupCreate = wrapped('server_group', closed({
  name: Name,
  policy: Type.Unsafe<GroupPolicy>({ type: 'string', enum: [...GROUP_POLICIES] }),
  rules: Type.Optional(closed({ max_server_per_host: Type.Optional(FlavorPositive) })),
}))
export const ServerGroupQuery = querySchema({ all_projects: many(AnyText), limit: many(LimitValue), offset: many(LimitValue) }, false)

export type ServerGroupCreate = Static<typeof ServerGroupCreate>
