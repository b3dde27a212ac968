/** The search where providers stand alone: each one that matches is a candidate. The database does all of it. */
import type { PlacementContext } from '../context.ts'
import type { CandidateRequest, RequestGroup } from './candidate-request.ts'
import { listFlatStocks, readTraitSets } from './candidate.store.ts'
import type { Candidate, Found, Provider } from './landscape.ts'

export async function searchFlat(ctx: PlacementContext, request: CandidateRequest, group: RequestGroup, limit: number | undefined): Promise<Found> {
  const rootFilter = { requiredTraits: request.rootRequired.map((trait) => [trait]), forbiddenTraits: request.rootForbidden, memberOf: [], forbiddenAggregates: [] }
  const providers = new Map<string, Provider>()
  const rows = await listFlatStocks(ctx, group, rootFilter, limit)
  const traitsOf = await readTraitSets(ctx, rows.map((row) => row.trait_set))
  for (const row of rows) {
    const uuid = row.provider_uuid
    const provider = providers.get(uuid)
    if (provider !== undefined) provider.stocks.push(row)
    else providers.set(uuid, { uuid, parent: null, root: uuid, stocks: [row], traits: traitsOf(row.trait_set) })
  }
  const asked = [...group.resources]
  const candidates = Array.from(providers.keys(), (uuid): Candidate => ({
    uses: asked.map(([resourceClass, amount]) => ({ provider: uuid, resourceClass, amount })), mappings: { [group.suffix]: [uuid] },
  }))
  return { candidates, providers: providers.values() }
}
