/**
 * The search over trees, as a pure function.
 *
 * A candidate is anchored at one tree: all it takes comes from that tree, or from providers that share with it. Per
 * tree each group gets its offers; one offer of each group together make a candidate, if they keep what the request
 * asks of them together: isolation, common subtrees, and room for the sum where groups meet on one inventory.
 */
import { capacityOf } from '../inventories/capacity.ts'
import { isGranular, type CandidateRequest, type RequestGroup } from './candidate-request.ts'
import type { Candidate, Found, Landscape, Provider, Use } from './landscape.ts'
import { product } from './product.ts'

/** A provider and the root of its tree. */
export interface Place { uuid: string; root: string }

/** Who could serve a group. */
export interface Supply {
  group: RequestGroup
  /** For a group with suffix: who can serve all of it. */
  whole: Place[]
  /** For the group without: by class, who has room. */
  parts: Map<string, Place[]>
  /** Who is in the aggregates asked for; absent when none are. */
  members?: ReadonlySet<string>
  /** Who is in aggregates that are refused; absent when none are. */
  outsiders?: ReadonlySet<string>
}

/** One way to serve one group. */
interface Offer { suffix: string; uses: Use[]; providers: string[] }

export function searchLandscape(landscape: Landscape, request: CandidateRequest, supplies: Supply[], roots: ReadonlySet<string>, limit = Infinity): Found {
  const supplyAt = supplies.map((supply) => indexByAnchor(supply, landscape))
  const found = new Map<string, Candidate>()
  for (const root of roots) {
    const offers = supplies.map((supply, at) => [...offersAt(landscape, supply, supplyAt[at]!, root)])
    for (const choice of product(offers)) {
      if (!isFitting(landscape, request, choice)) continue
      const candidate = merge(choice)
      if (hasRoom(landscape, candidate)) found.set(keyOf(candidate), candidate)
      if (found.size >= limit) return summarised(landscape, found)
    }
  }
  return summarised(landscape, found)
}

function summarised(landscape: Landscape, found: Map<string, Candidate>): Found {
  const candidates = [...found.values()]
  const roots = new Set(candidates.flatMap((c) => c.uses.map((use) => landscape.providers.get(use.provider)!.root)))
  return { candidates, providers: [...landscape.providers.values()].filter((provider) => roots.has(provider.root)) }
}

/** Class (or the empty word for a whole group) → anchor → providers that may serve it there. */
type AnchorIndex = Map<string, Map<string, string[]>>

function indexByAnchor({ group, whole, parts, members }: Supply, { anchors }: Landscape): AnchorIndex {
  const lists: Iterable<[string, Place[]]> = isGranular(group) ? [['', whole]] : parts
  return new Map(Array.from(lists, ([name, places]) => {
    const byAnchor = new Map<string, string[]>()
    const add = (anchor: string, uuid: string): void => {
      const list = byAnchor.get(anchor)
      if (list === undefined) byAnchor.set(anchor, [uuid])
      else list.push(uuid)
    }
    for (const { uuid, root } of places) {
      add(root, uuid)
      // What is shared from elsewhere must itself be in the aggregates asked for; `in_tree` asks for nothing from elsewhere.
      if (!isGranular(group) && (group.inTree !== undefined || members?.has(uuid) === false)) continue
      for (const anchor of anchors.get(uuid) ?? []) if (anchor !== root) add(anchor, uuid)
    }
    return [name, byAnchor]
  }))
}

function* offersAt(landscape: Landscape, supply: Supply, index: AnchorIndex, root: string): Iterable<Offer> {
  const { group } = supply
  const { suffix } = group
  const asked = [...group.resources]
  if (isGranular(group)) {
    for (const uuid of index.get('')?.get(root) ?? []) {
      yield { suffix, providers: [uuid], uses: asked.map(([resourceClass, amount]) => ({ provider: uuid, resourceClass, amount })) }
    }
    return
  }
  const choices = asked.map(([resourceClass, amount]) =>
    (index.get(resourceClass)?.get(root) ?? []).filter((uuid) => isMember(supply, uuid, root)).map((provider) => ({ provider, resourceClass, amount })))
  for (const uses of product(choices)) {
    const providers = [...new Set(uses.map((use) => use.provider))]
    if (haveTraits(providers.map((uuid) => landscape.providers.get(uuid)!), group)) yield { suffix, uses, providers }
  }
}

/** An aggregate of the root is an aggregate of the whole tree. */
function isMember({ members, outsiders }: Supply, uuid: string, root: string): boolean {
  if (members !== undefined && !members.has(uuid) && !members.has(root)) return false
  return outsiders === undefined || (!outsiders.has(uuid) && !outsiders.has(root))
}

/** Together they have all required traits; none of them has a forbidden one. */
function haveTraits(providers: Provider[], group: RequestGroup): boolean {
  if (group.requiredTraits.length + group.forbiddenTraits.length === 0) return true
  const traits = new Set(providers.flatMap((provider) => provider.traits))
  return group.requiredTraits.every((choice) => choice.some((trait) => traits.has(trait))) && !group.forbiddenTraits.some((trait) => traits.has(trait))
}

function isFitting(landscape: Landscape, request: CandidateRequest, choice: Offer[]): boolean {
  if (request.isolate) {
    const granular = choice.filter(isGranular)
    if (new Set(granular.map((offer) => offer.providers[0])).size < granular.length) return false
  }
  return request.sameSubtree.every((suffixes) =>
    isSubtree(landscape, new Set(choice.filter((offer) => suffixes.includes(offer.suffix)).flatMap((offer) => offer.providers))))
}

/** True when all hang below one among them. */
function isSubtree({ providers }: Landscape, uuids: ReadonlySet<string>): boolean {
  let common: ReadonlySet<string> = uuids
  for (const uuid of uuids) {
    const line = new Set<string>()
    for (let at: string | null = uuid; at !== null; at = providers.get(at)?.parent ?? null) line.add(at)
    common = common.intersection(line)
  }
  return common.size > 0
}

/** Amounts that several groups take of one inventory are added up. */
function merge(choice: Offer[]): Candidate {
  const uses = new Map<string, Use>()
  const mappings: Candidate['mappings'] = {}
  for (const offer of choice) {
    mappings[offer.suffix] = offer.providers
    for (const use of offer.uses) {
      const key = `${use.provider} ${use.resourceClass}`
      const other = uses.get(key)
      uses.set(key, other === undefined ? use : { ...use, amount: other.amount + use.amount })
    }
  }
  return { uses: [...uses.values()], mappings }
}

function hasRoom({ providers }: Landscape, candidate: Candidate): boolean {
  return candidate.uses.every(({ provider, resourceClass, amount }) => {
    const stock = providers.get(provider)!.stocks.find((s) => s.resource_class === resourceClass)!
    return stock.used + amount <= capacityOf(stock) && amount <= stock.max_unit
  })
}

/** Candidates at different anchors may take the same: what is shared alone serves many trees. */
function keyOf({ uses, mappings }: Candidate): string {
  const taken = uses.map((use) => `${use.provider} ${use.resourceClass} ${use.amount}`).sort()
  const served = Object.entries(mappings).map(([suffix, providers]) => `${suffix}=${providers.toSorted().join(' ')}`).sort()
  return [...taken, ...served].join(';')
}
