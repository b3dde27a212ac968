/**
 * What the search for candidates looks at: providers with what they have, in trees, some of which share what they
 * have with other trees. And what it finds: candidates.
 */
import type { InventoryTable } from '../database.ts'

export type Stock = Pick<InventoryTable, 'resource_class' | 'total' | 'reserved' | 'allocation_ratio' | 'max_unit' | 'used'>

export interface Provider {
  uuid: string
  parent: string | null
  root: string
  stocks: Stock[]
  traits: readonly string[]
}

export interface Landscape {
  providers: ReadonlyMap<string, Provider>
  /** Roots of the trees that a sharing provider may serve besides its own. */
  anchors: ReadonlyMap<string, ReadonlySet<string>>
}

/** So much of one class from one provider. */
export interface Use { provider: string; resourceClass: string; amount: number }

export interface Candidate {
  uses: Use[]
  /** Suffix → the providers that serve that group. */
  mappings: Record<string, string[]>
}

export interface Found { candidates: Candidate[]; providers: Iterable<Provider> }

export const NOTHING: Found = { candidates: [], providers: [] }
