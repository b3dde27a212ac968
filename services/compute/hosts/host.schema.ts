/** What versions up to 2.42 say about a host. */
import { Type, type Static } from '#core/schema/schema.ts'
import { AnyText, closed, many, querySchema } from '../schema/parameter-types.ts'

const Switch = Type.Optional(Type.Unsafe<string>({ type: 'string', enum: ['enable', 'disable', 'Enable', 'Disable', 'ENABLE', 'DISABLE'] }))

export const HostUpdate = closed({ status: Switch, maintenance_mode: Switch })
export type HostUpdate = Static<typeof HostUpdate>
export const HostQuery = querySchema({ zone: many(AnyText) }, true)
