/**
 * How compute says no. A path it does not have is refused before compute is reached, by what upstream builds its web
 * servers of (WebOb), in the form the client accepts; all else by compute itself.
 */
import { computeDialect, webobDialect, type Dialect } from '#core/http/dialect.ts'

export const computeFault: Dialect = (error, context) => (error.code === 'RouteNotFound' && context.routed !== true ? webobDialect(error, context) : computeDialect(error))
