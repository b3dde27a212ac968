/**
 * Conditions on providers as pieces of SQL, used by the list of providers and by the search for candidates.
 * `provider` names the column that holds the provider's uuid; `i` is the inventory at hand.
 */
import { sql, type RawBuilder } from 'kysely'
import type { Amounts, ProviderFilter } from './provider-filter.ts'

type Condition = RawBuilder<boolean>

/** The amount fits into inventory `i`: it is free, and of a size the inventory gives out. */
function fits(amount: number): Condition {
  return sql<boolean>`(i.used + ${amount} <= (i.total - i.reserved) * i.allocation_ratio
    and i.min_unit <= ${amount} and i.max_unit >= ${amount} and ${amount} % i.step_size = 0)`
}

/** Inventory `i` is of one of the classes, and the amount asked of that class fits. */
export function fitsAny(amounts: Amounts): Condition {
  const each = [...amounts].map(([name, amount]) => sql<boolean>`(i.resource_class = ${name} and ${fits(amount)})`)
  return sql<boolean>`(${sql.join(each, sql` or `)})`
}

export function hasRoom(provider: string, name: string, amount: number): Condition {
  return sql<boolean>`${sql.ref(provider)} in (select i.provider_uuid from inventories as i where i.resource_class = ${name} and ${fits(amount)})`
}

export function matches(provider: string, filter: ProviderFilter): Condition[] {
  return [
    ...filter.requiredTraits.map((traits) => hasAnyTrait(provider, traits)),
    ...(filter.forbiddenTraits.length === 0 ? [] : [not(hasAnyTrait(provider, filter.forbiddenTraits))]),
    ...filter.memberOf.map((aggregates) => inAnyAggregate(provider, aggregates)),
    ...(filter.forbiddenAggregates.length === 0 ? [] : [not(inAnyAggregate(provider, filter.forbiddenAggregates))]),
  ]
}

export function inTreeOf(root: string, uuid: string): Condition {
  return sql<boolean>`${sql.ref(root)} = (select root_uuid from resource_providers where uuid = ${uuid})`
}

function hasAnyTrait(provider: string, traits: string[]): Condition {
  const sets = sql`select trait_set from trait_sets where trait in (${sql.join(traits)})`
  return sql<boolean>`${sql.ref(provider)} in (select uuid from resource_providers where trait_set in (${sets}))`
}

function inAnyAggregate(provider: string, aggregates: string[]): Condition {
  return sql<boolean>`${sql.ref(provider)} in (select provider_uuid from provider_aggregates where aggregate_uuid in (${sql.join(aggregates)}))`
}

function not(condition: Condition): Condition {
  return sql<boolean>`not ${condition}`
}
