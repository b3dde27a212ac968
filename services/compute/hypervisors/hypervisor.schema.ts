/** Queries about hypervisors. */
import { Type } from '#core/schema/schema.ts'
import { AnyText, Flag, HostName, LimitValue, querySchema } from '../schema/parameter-types.ts'
import type { TSchema } from '#core/schema/schema.ts'

const once = (value: TSchema) => Type.Optional(Type.Array(value, { maxItems: 1 }))

export const HypervisorListQuery = querySchema({
  limit: once(LimitValue), marker: once(AnyText), hypervisor_hostname_pattern: once(HostName), with_servers: once(Flag),
}, false)
export const HypervisorShowQuery = querySchema({ with_servers: once(Flag) }, false)
