/** Queries about hypervisors. */
import { Type } from '#core/schema/schema.ts'
import { AnyText, Flag, HostName, LimitValue, querySchema } from '../schema/parameter-types.ts'
import type { TSchema } from '#core/schema/schema.ts'

const once = (value: TSchema) => Type.Optional(Type.Array(value, { maxItems: 1 }))

export const HypervisorListQuery = querySchema({
  limit: once(LimitValue), marker: once(AnyText), hypervisor_hostname_pattern: once(HostName), with_servers: once(Flag),
}, false)
/** Until 2.52 a page's bounds could be repeated; the last counted. */
export const repeatablePage = { limit: Type.Array(LimitValue), marker: Type.Array(AnyText) }
export const HypervisorShowQuery = querySchema({ with_servers: once(Flag) }, false)
