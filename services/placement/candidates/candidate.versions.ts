/** What older versions could ask of the candidates, and how they saw them. */
import { added, shapeVersions, since } from '#core/versions/versions.ts'
import { queryRules, type QueryRules } from '../filters/query-language.versions.ts'
import { CandidateQuery, groupKeys } from './candidate.schema.ts'
import type { AllocationRequestView, ProviderSummaryView } from './candidate.view.ts'

type Json = Record<string, unknown>

const NUMBER = '[1-9][0-9]*'

function withGroups(suffix: string, keys: readonly string[]): (schema: Json) => Json {
  return (schema) => ({ ...schema, patternProperties: groupKeys(suffix, keys) })
}

/** Before 1.25 there was one group, without a suffix, and it had to ask for something. */
function withPlainKeys(schema: Json): Json {
  const text = { type: 'array', items: { type: 'string' } }
  const { patternProperties: _gone, ...rest } = schema
  return { ...rest, properties: { ...(schema['properties'] as Json), resources: text, required: text, member_of: text }, required: ['resources'] }
}

export const candidateQueryVersions = shapeVersions({
  request: CandidateQuery,
  deltas: [
    since('1.36', { request: added('same_subtree') }),
    since('1.35', { request: added('root_required') }),
    since('1.33', { olderSchema: withGroups(NUMBER, ['resources', 'required', 'member_of', 'in_tree']) }),
    since('1.31', { olderSchema: withGroups(NUMBER, ['resources', 'required', 'member_of']) }),
    since('1.25', { request: added('group_policy'), olderSchema: withPlainKeys }),
    since('1.21', { request: added('member_of') }),
    since('1.17', { request: added('required') }),
    since('1.16', { request: added('limit') }),
  ],
})

/** Applies a change to every summary. */
function inSummaries(change: (summary: ProviderSummaryView) => object): (body: Json) => Json {
  return (body) => {
    const summaries = Object.entries(body['provider_summaries'] as Record<string, ProviderSummaryView>)
    return { ...body, provider_summaries: Object.fromEntries(summaries.map(([uuid, summary]) => [uuid, change(summary)])) }
  }
}

/** Before 1.12 allocations were a list. */
function listAllocations(body: Json): Json {
  const requests = body['allocation_requests'] as AllocationRequestView[]
  return {
    ...body,
    allocation_requests: requests.map(({ allocations }) => ({
      allocations: Object.entries(allocations).map(([uuid, { resources }]) => ({ resource_provider: { uuid }, resources })),
    })),
  }
}

export const candidateVersions = shapeVersions({
  deltas: [
    since('1.34', { response: added('allocation_requests[].mappings') }),
    since('1.29', { lower: inSummaries(({ parent_provider_uuid: _parent, root_provider_uuid: _root, ...rest }) => rest) }),
    since('1.17', { lower: inSummaries(({ traits: _traits, ...rest }) => rest) }),
    since('1.12', { lower: listAllocations }),
  ],
})

export interface CandidateRules extends QueryRules {
  /** A key of a request group, and the suffix that names the group. */
  groupKey: RegExp
  /** Groups may ask for traits and aggregates alone, as a part of a subtree. */
  groupsWithoutResources: boolean
  /** Several providers of one tree may serve one request. */
  nested: boolean
  /** Summaries show all classes of a provider, or those only that were asked for. */
  allClasses: boolean
}

export function candidateRules(version: number): CandidateRules {
  return {
    ...queryRules(version),
    groupKey: version >= 33 ? /^(resources|required|member_of|in_tree)([a-zA-Z0-9_-]{1,64})?$/ : /^(resources|required|member_of|in_tree)([1-9][0-9]*)?$/,
    groupsWithoutResources: version >= 36,
    nested: version >= 29,
    allClasses: version >= 27,
  }
}
