/** Since 2.64 a group has one policy, with rules, instead of a list of one and empty metadata; soft policies since 2.15. */
import { added, shapeVersions, since, type Delta } from '#core/versions/versions.ts'
import { openBefore } from '../schema/older-queries.ts'
import { GROUP_POLICIES, ServerGroupCreate, ServerGroupQuery } from './server-group.schema.ts'
import type { ServerGroupView } from './server-group.view.ts'

type Json = Record<string, unknown>

/** The create schema with a list of one of these policies. */
function withList(policies: readonly string[]): (schema: Json) => Json {
  return (schema) => {
    const group = (schema['properties'] as { server_group: Json }).server_group
    const { name } = group['properties'] as { name: Json }
    const list = { type: 'array', items: { type: 'string', enum: [...policies] }, uniqueItems: true, minItems: 1, maxItems: 1 }
    return { ...schema, properties: { server_group: { ...group, properties: { name, policies: list }, required: ['name', 'policies'] } } }
  }
}

function liftPolicies(body: Json): Json {
  const { name, policies } = body['server_group'] as { name: string; policies: string[] }
  return { server_group: { name, policy: policies[0] } }
}

function listed({ policy, rules: _rules, ...view }: ServerGroupView): object {
  return { ...view, policies: [policy], metadata: {} }
}

const one = (lower: (view: ServerGroupView) => object) => (body: Json): Json => ({ server_group: lower(body['server_group'] as ServerGroupView) })
const many = (lower: (view: ServerGroupView) => object) => (body: Json): Json => ({ server_groups: (body['server_groups'] as ServerGroupView[]).map(lower) })

const shown: Delta[] = [since('2.13', { response: added('server_group.project_id', 'server_group.user_id') }), since('2.64', { lower: one(listed) })]

export const serverGroupVersions = shapeVersions({ deltas: shown })
export const serverGroupCreateVersions = shapeVersions({
  request: ServerGroupCreate,
  deltas: [
    ...shown,
    since('2.64', { olderSchema: withList(GROUP_POLICIES), lift: liftPolicies }),
    since('2.15', { olderSchema: withList(['anti-affinity', 'affinity']) }),
  ],
})
export const serverGroupListVersions = shapeVersions({
  deltas: [since('2.13', { response: added('server_groups[].project_id', 'server_groups[].user_id') }), since('2.64', { lower: many(listed) })],
})
export const serverGroupQueryVersions = shapeVersions({ request: ServerGroupQuery, deltas: [openBefore('2.75')] })
