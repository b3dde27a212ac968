/** Names of sets of traits: a digest of what is in them, so that equal sets have one name whoever makes them. */
import { createHash } from 'node:crypto'

export function traitSetName(traits: Iterable<string>): string {
  return createHash('sha256').update([...traits].sort().join(',')).digest('hex')
}

/** The empty set: what a provider starts with. */
export const NO_TRAITS = traitSetName([])
