/** The query for moves of servers, latest shape. */
import { Type, type TSchema } from '#core/schema/schema.ts'
import { AnyText, LimitValue, many, querySchema } from '../schema/parameter-types.ts'

const once = (value: TSchema) => Type.Optional(Type.Array(value, { maxItems: 1 }))
const Instant = Type.String({ format: 'date-time' })

export const MigrationQuery = querySchema({
  hidden: many(AnyText), host: many(AnyText), instance_uuid: many(AnyText), source_compute: many(AnyText), status: many(AnyText), migration_type: many(AnyText),
  limit: once(LimitValue), marker: once(AnyText), 'changes-since': once(Instant), 'changes-before': once(Instant), user_id: once(AnyText), project_id: once(AnyText),
}, false)
