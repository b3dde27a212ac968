/**
 * Since 1.15 answers say when what they show last changed, and forbid caches to keep it. Where no such instant is
 * known (a list of nothing, a sum) it is now.
 */
import { reply, type Reply } from '#core/http/message.ts'
import type { Clock } from '#core/time/clock.ts'

interface Answer extends Reply {
  headers?: Record<string, string>
  /** Stored instants of what is shown; the newest counts. */
  changed?: readonly string[]
}

export function fresh(ctx: { clock: Clock }, request: { version: number }, { changed = [], headers = {}, ...answer }: Answer): Reply {
  if (request.version < 15) return reply({ ...answer, headers })
  return reply({ ...answer, headers: { ...headers, 'last-modified': lastModified(changed, ctx.clock), 'cache-control': 'no-cache' } })
}

function lastModified(changed: readonly string[], clock: Clock): string {
  let newest = ''
  for (const instant of changed) if (instant > newest) newest = instant
  return new Date(newest === '' ? clock.now() : newest).toUTCString()
}
