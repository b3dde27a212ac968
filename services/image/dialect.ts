/** WebOb's faces of an error, with the words upstream has for what core refuses before the service is asked. */
import type { Dialect } from '#core/http/dialect.ts'
import { webobDialect } from '#core/http/dialect.ts'
import { errors } from './errors.ts'

export const imageDialect: Dialect = (error, context) => webobDialect(error.code === 'MalformedBody' ? errors.MalformedJson({}, { cause: error }) : error, context)
