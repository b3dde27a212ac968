/** Queries about usage. */
import { AnyText, LimitValue, many, querySchema } from '../schema/parameter-types.ts'

const range = { start: many(AnyText), end: many(AnyText), limit: many(LimitValue), marker: many(AnyText) }

export const UsageListQuery = querySchema({ ...range, detailed: many(AnyText) }, false)
export const UsageShowQuery = querySchema(range, false)
