/**
 * Which providers could serve a request. Where no provider has a parent and none shares, one query answers a request
 * of one group (`flat-search`); else the trees that may matter are read and searched (`tree-search`).
 */
import type { PlacementContext } from '../context.ts'
import { errors } from '../errors.ts'
import { firstUnknownClass } from '../resource-classes/known-classes.ts'
import { unknownTraits } from '../traits/known-traits.ts'
import type { CandidateRequest } from './candidate-request.ts'
import { existTrees, listSharing } from './candidate.store.ts'
import type { CandidateRules } from './candidate.versions.ts'
import { searchFlat } from './flat-search.ts'
import type { Candidate, Found, Provider } from './landscape.ts'
import { searchTrees } from './search-trees.ts'

export async function findCandidates(ctx: PlacementContext, request: CandidateRequest, rules: CandidateRules): Promise<Found> {
  await refuseUnknownNames(ctx, request)
  const trees = await existTrees(ctx)
  const sharing = await listSharing(ctx)
  const [group, ...more] = request.groups
  const enough = ctx.config.randomizeAllocationCandidates ? undefined : request.limit
  if (!trees && sharing.length === 0 && more.length === 0) {
    return limited(ctx, await searchFlat(ctx, request, group!, enough), request.limit)
  }
  if (rules.nested || !trees) return limited(ctx, await searchTrees(ctx, request, sharing, enough), request.limit)
  return limited(ctx, withoutNested(await searchTrees(ctx, request, sharing, undefined)), request.limit)
}

async function refuseUnknownNames(ctx: PlacementContext, request: CandidateRequest): Promise<void> {
  const traits = request.groups.flatMap((group) => [...group.requiredTraits.flat(), ...group.forbiddenTraits])
  const unknown = await unknownTraits(ctx, [...traits, ...request.rootRequired, ...request.rootForbidden])
  if (unknown.length > 0) throw errors.UnknownTrait({ names: unknown.join(', ') })
  const name = await firstUnknownClass(ctx, request.groups.flatMap((group) => [...group.resources.keys()]))
  if (name !== undefined) throw errors.UnknownClass({ name })
}

/** For clients that know no trees: nothing that takes from two providers of one tree. */
function withoutNested(found: Found): Found {
  const providers = new Map(Array.from(found.providers, (provider) => [provider.uuid, provider]))
  const candidates = found.candidates.filter((candidate) => {
    const used = new Set(candidate.uses.map((use) => use.provider))
    return new Set([...used].map((uuid) => providers.get(uuid)!.root)).size === used.size
  })
  const used = new Set(candidates.flatMap((candidate) => candidate.uses.map((use) => use.provider)))
  return { candidates, providers: [...providers.values()].filter((provider) => used.has(provider.uuid)) }
}

function limited(ctx: PlacementContext, found: Found, limit: number | undefined): Found {
  const candidates = ctx.config.randomizeAllocationCandidates ? shuffled(found.candidates) : found.candidates
  if (limit === undefined || candidates.length <= limit) return { ...found, candidates }
  const kept = candidates.slice(0, limit)
  return { candidates: kept, providers: providersOf(kept, [...found.providers]) }
}

/** All providers of the trees that the candidates take from. */
function providersOf(candidates: Candidate[], providers: Provider[]): Provider[] {
  const rootOf = new Map(providers.map((provider) => [provider.uuid, provider.root]))
  const roots = new Set(candidates.flatMap((candidate) => candidate.uses.map((use) => rootOf.get(use.provider))))
  return providers.filter((provider) => roots.has(provider.root))
}

function shuffled<T>(items: T[]): T[] {
  const result = [...items]
  for (let at = result.length - 1; at > 0; at -= 1) {
    const other = Math.floor(Math.random() * (at + 1))
    ;[result[at], result[other]] = [result[other]!, result[at]!]
  }
  return result
}
