/** The query for allocation candidates, latest shape. A key may carry the suffix of its request group. */
import { Type, type TSchema } from '#core/schema/schema.ts'

const texts = Type.Array(Type.String())

/** Keys of request groups whose suffix has the given form. */
export function groupKeys(suffix: string, keys: readonly string[]): Record<string, TSchema> {
  return Object.fromEntries(keys.map((key) => [`^${key}(${suffix})?$`, texts]))
}

export const CandidateQuery = Type.Unsafe<Record<string, string[]>>({
  type: 'object',
  properties: {
    limit: Type.Array(Type.String({ pattern: '^[1-9][0-9]*$' })),
    group_policy: Type.Array(Type.Enum(['none', 'isolate'])),
    root_required: texts,
    same_subtree: texts,
  },
  patternProperties: groupKeys('[a-zA-Z0-9_-]{1,64}', ['resources', 'required', 'member_of', 'in_tree']),
  additionalProperties: false,
})
