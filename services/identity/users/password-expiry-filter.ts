/** The filter `password_expires_at=lt:2026-01-01T00:00:00Z` of lists of users. */
import { errors } from '../errors.ts'
import { parseTime } from '../wire/input.ts'
import type { TimeOperator } from './user.store.ts'

const OPERATORS: Record<string, TimeOperator> = { lt: '<', lte: '<=', gt: '>', gte: '>=', eq: '=', neq: '!=' }

export function readPasswordExpiry(query: URLSearchParams): { operator: TimeOperator; at: string } | undefined {
  const text = query.get('password_expires_at')
  if (text === null) return undefined
  const [name, time] = text.slice(2, 4).includes(':') ? [text.slice(0, text.indexOf(':')), text.slice(text.indexOf(':') + 1)] : ['eq', text]
  const at = parseTime(time)
  if (at === undefined) throw errors.ValidationTimeStampError()
  const operator = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined
  if (operator === undefined) throw errors.InvalidOperatorError({ operator: name })
  return { operator, at: new Date(at).toISOString() }
}
