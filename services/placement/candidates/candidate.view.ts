/** Candidates → API. An allocation request is written so that it can be sent back as a claim. */
import { capacityOf } from '../inventories/capacity.ts'
import type { Candidate, Found, Provider } from './landscape.ts'

export interface AllocationRequestView {
  allocations: Record<string, { resources: Record<string, number> }>
  mappings: Record<string, string[]>
}

export interface ProviderSummaryView {
  resources: Record<string, { capacity: number; used: number }>
  traits: readonly string[]
  parent_provider_uuid: string | null
  root_provider_uuid: string
}

/** `classes` are those to be summed up; undefined means all. */
export function candidatesView(found: Found, classes: ReadonlySet<string> | undefined): object {
  const summaries: Record<string, ProviderSummaryView> = {}
  for (const provider of found.providers) summaries[provider.uuid] = summaryView(provider, classes)
  return { allocation_requests: found.candidates.map(requestView), provider_summaries: summaries }
}

function requestView(candidate: Candidate): AllocationRequestView {
  const allocations: AllocationRequestView['allocations'] = {}
  for (const { provider, resourceClass, amount } of candidate.uses) {
    (allocations[provider] ??= { resources: {} }).resources[resourceClass] = amount
  }
  return { allocations, mappings: candidate.mappings }
}

function summaryView(provider: Provider, classes: ReadonlySet<string> | undefined): ProviderSummaryView {
  const resources: ProviderSummaryView['resources'] = {}
  for (const stock of provider.stocks) {
    if (classes === undefined || classes.has(stock.resource_class)) resources[stock.resource_class] = { capacity: capacityOf(stock), used: stock.used }
  }
  return { resources, traits: provider.traits, parent_provider_uuid: provider.parent, root_provider_uuid: provider.root }
}
