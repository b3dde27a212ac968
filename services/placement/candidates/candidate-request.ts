/**
 * A request for candidates: groups, each asking for amounts and qualities. The group without suffix may be served by
 * several providers of one tree; a group with a suffix must be served by one provider whole.
 */
import type { Amounts, ProviderFilter } from '../filters/provider-filter.ts'

export interface RequestGroup extends ProviderFilter {
  /** Empty for the one group without. */
  suffix: string
  /** May be empty where the group is part of a subtree. */
  resources: Amounts
  /** Only from the tree of this provider. */
  inTree: string | undefined
}

export interface CandidateRequest {
  groups: RequestGroup[]
  /** At most so many candidates. */
  limit: number | undefined
  /** No two groups with a suffix from one provider. */
  isolate: boolean
  /** What the root of the tree must, and must not, have. */
  rootRequired: string[]
  rootForbidden: string[]
  /** Sets of suffixes: the providers of each set must hang below one among them. */
  sameSubtree: string[][]
}

/** True where one provider has to serve all of the group. */
export function isGranular(group: { suffix: string }): boolean {
  return group.suffix !== ''
}
