/** `limit` and `marker` as compute reads them: at most `maxLimit` a page, and 0 answers nothing. Of repeated ones the last counts. */
import type { ComputeContext } from './context.ts'
import { errors } from './errors.ts'

export function readPage(ctx: ComputeContext, query: URLSearchParams): { limit: number; marker: string | undefined } {
  const text = query.getAll('limit').at(-1) ?? null
  const max = ctx.config.maxLimit
  if (text !== null && !/^\d+$/.test(text)) throw errors.InvalidInput({ reason: `${text.startsWith('-') ? 'limit must be >= 0' : `limit must be an integer`}` })
  return { limit: text === null ? max : Math.min(Number(text), max), marker: query.getAll('marker').at(-1) }
}
