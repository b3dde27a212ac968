/** Options of a resource. Setting one to null takes it away; an immutable resource changes in nothing but that. */
import { errors } from '../errors.ts'
import type { Json } from './input.ts'

export function mergeOptions(current: Json, changes: unknown): Json {
  const merged = { ...current, ...(changes as Json | undefined) }
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null))
}

export function requireMutable(type: string, id: string, options: Json, changes: Json): void {
  if (options['immutable'] !== true) return
  const asked = changes['options'] as Json | undefined
  const lifts = asked !== undefined && 'immutable' in asked && (asked['immutable'] === false || asked['immutable'] === null)
  if (Object.keys(changes).length > 1 || !lifts) throw errors.ResourceUpdateForbidden({ type, id })
}

export function requireDeletable(type: string, id: string, options: Json): void {
  if (options['immutable'] === true) throw errors.ResourceDeleteForbidden({ type, id })
}
