/** The query of `GET /allocation_candidates` → the request it stands for, or the reason why it stands for none. */
import { pythonRepr } from '#core/schema/fault.ts'
import { errors } from '../errors.ts'
import { lastValue, parseAllTraits, parseInTree, parseMemberOf, parseResources, parseTraits } from '../filters/query-language.ts'
import { isGranular, type CandidateRequest, type RequestGroup } from './candidate-request.ts'
import type { CandidateRules } from './candidate.versions.ts'

export function readCandidateRequest(query: URLSearchParams, rules: CandidateRules): CandidateRequest {
  const limit = query.get('limit')
  const policy = query.get('group_policy') ?? undefined
  const root = readRoot(query)
  const sameSubtree = query.getAll('same_subtree').map(readSubtree)
  const groups = readGroups(query, rules)
  if (rules.groupsWithoutResources) checkSubtrees(groups, sameSubtree)
  else checkOrphans(groups)
  if (rules.forbiddenTraits) checkContradictions(groups)
  if (policy === undefined && groups.filter(isGranular).length > 1) {
    throw bad('The "group_policy" parameter is required when specifying more than one "resources{N}" parameter.')
  }
  return { groups, limit: limit === null ? undefined : Number(limit), isolate: policy === 'isolate', ...root, sameSubtree }
}

function readRoot(query: URLSearchParams): Pick<CandidateRequest, 'rootRequired' | 'rootForbidden'> {
  const values = query.getAll('root_required')
  if (values.length > 1) throw errors.DuplicateQueryKey({ message: "Query parameter 'root_required' may be specified only once." })
  if (values[0] === undefined) return { rootRequired: [], rootForbidden: [] }
  // Choices came to `required` only; here the prefix is still refused, with the words of versions that know none.
  const terms = values[0].startsWith('in:') ? parseTraits(values, { anyTraits: false, forbiddenTraits: true, repeatedMemberOf: true, forbiddenAggregates: true }) : parseAllTraits(values[0], true)
  const rootRequired = terms.required.flat()
  const both = rootRequired.filter((trait) => terms.forbidden.includes(trait))
  if (both.length > 0) throw errors.BadQueryValue({ message: `Conflicting required and forbidden traits found in root_required: ${both.join(', ')}` })
  return { rootRequired, rootForbidden: terms.forbidden }
}

function readSubtree(value: string): string[] {
  const suffixes = [...new Set(value.split(',').map((suffix) => suffix.trim()))]
  if (suffixes.includes('')) throw errors.BadQueryValue({ message: 'Empty string (unsuffixed group) can not be specified in `same_subtree` ' })
  return suffixes
}

function readGroups(query: URLSearchParams, rules: CandidateRules): RequestGroup[] {
  const suffixes = new Set<string>()
  for (const key of query.keys()) {
    const match = rules.groupKey.exec(key)
    if (match !== null) suffixes.add(match[2] ?? '')
  }
  return [...suffixes].map((suffix) => readGroup(query, suffix, rules))
}

function readGroup(query: URLSearchParams, suffix: string, rules: CandidateRules): RequestGroup {
  const resources = lastValue(query, `resources${suffix}`)
  const inTree = lastValue(query, `in_tree${suffix}`)
  const { required, forbidden } = parseTraits(query.getAll(`required${suffix}`), rules)
  return {
    suffix,
    resources: resources === undefined ? new Map() : parseResources(resources),
    requiredTraits: required, forbiddenTraits: forbidden,
    ...parseMemberOf(query.getAll(`member_of${suffix}`), `member_of${suffix}`, rules),
    inTree: inTree === undefined ? undefined : parseInTree(inTree),
  }
}

/** Since 1.36: something must be asked for, a group without resources must be in a subtree, a subtree's groups must exist. */
function checkSubtrees(groups: RequestGroup[], sameSubtree: string[][]): void {
  const bare = groups.filter((group) => group.resources.size === 0).map((group) => group.suffix)
  if (bare.length === groups.length) throw errors.MissingQueryValue({ message: 'There must be at least one resources or resources[$S] parameter.' })
  const named = new Set(sameSubtree.flat())
  const loose = bare.filter((suffix) => !named.has(suffix))
  if (loose.length > 0) {
    throw errors.BadQueryValue({ message: `Resourceless suffixed group request should be specified in \`same_subtree\` query param: bad group(s) - ${pythonRepr(loose)}.` })
  }
  const suffixes = groups.map((group) => group.suffix)
  const unreal = [...named].filter((suffix) => !suffixes.includes(suffix))
  if (unreal.length > 0) {
    throw errors.BadQueryValue({ message: `Real suffixes should be specified in \`same_subtree\`: ${pythonRepr(unreal)} not found in ${pythonRepr(suffixes)}.` })
  }
}

/** Before 1.36: every group asks for resources. */
function checkOrphans(groups: RequestGroup[]): void {
  const bare = groups.filter((group) => group.resources.size === 0)
  const traits = bare.filter((group) => group.requiredTraits.length > 0).map((group) => `required${group.suffix}`)
  if (traits.length > 0) throw bad(`All traits parameters must be associated with resources.  Found the following orphaned traits keys: ${traits.join(', ')}`)
  const aggregates = bare.filter((group) => group.memberOf.length + group.forbiddenAggregates.length > 0).map((group) => `member_of${group.suffix}`)
  if (aggregates.length > 0) throw bad(`All member_of parameters must be associated with resources. Found the following orphaned member_of keys: ${aggregates.join(', ')}`)
  if (bare.length > 0) throw bad('All request groups must specify resources.')
  if (groups.length === 0) throw bad('At least one request group (`resources` or `resources{$S}`) is required.')
}

function checkContradictions(groups: RequestGroup[]): void {
  const contradictions = groups.flatMap((group) => group.requiredTraits
    .filter((choice) => choice.every((trait) => group.forbiddenTraits.includes(trait)))
    .map((choice) => `required${group.suffix}: (${choice.toSorted().join(', ')})`))
  if (contradictions.length > 0) {
    throw bad(`Conflicting required and forbidden traits found in the following traits keys: ${contradictions.toSorted().join(', ')}`)
  }
}

function bad(message: string): Error {
  return errors.BadRequest({ message })
}
