/** What a provider must be besides having room: a condition on its traits and on the aggregates it is in. */
export interface ProviderFilter {
  /** All entries must hold; an entry holds when the provider has any one trait of it. */
  requiredTraits: string[][]
  /** None of these. */
  forbiddenTraits: string[]
  /** All entries must hold; an entry holds when the provider is in any one aggregate of it. */
  memberOf: string[][]
  /** In none of these. */
  forbiddenAggregates: string[]
}

/** Amounts by resource class, in the order they were asked for. */
export type Amounts = ReadonlyMap<string, number>
