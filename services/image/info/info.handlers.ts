/** What this site offers: import methods, stores, and how much of the quota is used. */
import type { RouteRequest } from '#core/http/route.ts'
import type { ImageContext } from '../context.ts'
import { errors } from '../errors.ts'

export function showImport(ctx: ImageContext): object {
  return { 'import-methods': { description: 'Import methods available.', type: 'array', value: ctx.config.importMethods } }
}

/** One store is no choice; upstream answers so where several are not configured. */
export function showStores(_ctx: ImageContext, _request: RouteRequest): never {
  throw errors.Missing({ message: 'Multi backend is not supported at this site.' })
}

/** Limits of the identity service's kind are not used here, and upstream then answers an empty list. */
export function showUsage(): object {
  return { usage: {} }
}
