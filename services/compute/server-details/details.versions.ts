/** What the small views of a server looked like in older versions. */
import { Type } from '#core/schema/schema.ts'
import { added, shapeVersions, since } from '#core/versions/versions.ts'
import { openBefore } from '../schema/older-queries.ts'
import { AnyText, closed, Flag, LimitValue, many, querySchema, Tag, Uuid, wrapped } from '../schema/parameter-types.ts'

export function detailRules(version: number): { standardDiagnostics: boolean; deletedToo: boolean; eventsForOwner: boolean; hostOfEvents: boolean; detailsOfEvents: boolean; pagedActions: boolean } {
  return { standardDiagnostics: version >= 48, deletedToo: version >= 21, eventsForOwner: version >= 51, hostOfEvents: version >= 62, detailsOfEvents: version >= 84, pagedActions: version >= 58 }
}

const one = (schema: ReturnType<typeof Type.String>) => Type.Optional(Type.Array(schema, { maxItems: 1 }))
const Instant = Type.String({ format: 'date-time' })

export const actionListQuery = shapeVersions({
  request: querySchema({ limit: one(LimitValue), marker: one(AnyText), 'changes-since': one(Instant), 'changes-before': one(Instant) }, false),
  deltas: [
    since('2.66', { olderSchema: (schema) => { delete (schema['properties'] as Record<string, unknown>)['changes-before']; return schema } }),
    since('2.58', { olderSchema: () => ({ type: 'object', additionalProperties: true }) }),
  ],
})

export const actionReplies = shapeVersions({
  deltas: [since('2.58', { response: added('instanceAction.updated_at', 'instanceActions[].updated_at', 'links') })],
})

const Device = Type.Unsafe<string | null>({ type: ['string', 'null'], pattern: '(^/dev/x{0,1}[a-z]{0,1}d{0,1})([a-z]+)[0-9]*$' })

export const volumeAttachmentQuery = shapeVersions({ request: querySchema({ limit: many(LimitValue), offset: many(LimitValue) }, false), deltas: [openBefore('2.75')] })

export const attachVolumeVersions = shapeVersions({
  request: wrapped('volumeAttachment', closed({ volumeId: Uuid, device: Type.Optional(Device), tag: Type.Optional(Tag), delete_on_termination: Type.Optional(Flag) })),
  deltas: [since('2.49', { request: added('volumeAttachment.tag') }), since('2.79', { request: added('volumeAttachment.delete_on_termination') })],
})
