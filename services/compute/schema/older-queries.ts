/** Deltas that many lists share: unknown query parameters were ignored before 2.75. */
import { since, type Delta } from '#core/versions/versions.ts'

export function openBefore(version: string): Delta {
  return since(version, { olderSchema: (schema) => ({ ...schema, additionalProperties: true }) })
}
