/** Services as the API speaks of them. Before 2.53 a service is named by host and binary, since then by its id. */
import { Type, type Static } from '#core/schema/schema.ts'
import { AnyText, closed, Flag, HostName, many, querySchema } from '../schema/parameter-types.ts'

const Text = Type.String({ minLength: 1, maxLength: 255 })

export const ServiceUpdate = closed({
  status: Type.Optional(Type.Unsafe<'enabled' | 'disabled'>({ type: 'string', enum: ['enabled', 'disabled'] })),
  disabled_reason: Type.Optional(Text), forced_down: Type.Optional(Flag),
})
export const NamedServiceUpdate = closed({ host: HostName, binary: Text, disabled_reason: Type.Optional(Text), forced_down: Type.Optional(Flag) })
export const ServiceQuery = querySchema({ host: many(AnyText), binary: many(AnyText) }, false)

export type ServiceUpdate = Static<typeof ServiceUpdate>
export type NamedServiceUpdate = Static<typeof NamedServiceUpdate>
