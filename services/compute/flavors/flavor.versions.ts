/** What flavors looked like in older versions. */
import { added, shapeVersions, since } from '#core/versions/versions.ts'
import { openBefore } from '../schema/older-queries.ts'
import { FlavorCreate, FlavorListQuery, FlavorUpdate } from './flavor.schema.ts'

type Json = Record<string, unknown>

/** Before 2.75 no swap was an empty text. */
function emptySwap(body: Json): Json {
  const old = (flavor: Json): Json => (flavor['swap'] === 0 ? { ...flavor, swap: '' } : flavor)
  if (body['flavor'] !== undefined) return { ...body, flavor: old(body['flavor'] as Json) }
  if (body['flavors'] !== undefined) return { ...body, flavors: (body['flavors'] as Json[]).map(old) }
  return body
}

const replies = [
  since('2.55', { response: added('flavor.description', 'flavors[].description') }),
  since('2.61', { response: added('flavor.extra_specs', 'flavors[].extra_specs') }),
  since('2.75', { lower: emptySwap }),
]

export const flavorReplies = shapeVersions({ deltas: replies })
export const flavorCreateVersions = shapeVersions({ request: FlavorCreate, deltas: [...replies, since('2.55', { request: added('flavor.description') })] })
export const flavorUpdateVersions = shapeVersions({ request: FlavorUpdate, deltas: replies })
export const flavorListQuery = shapeVersions({ request: FlavorListQuery, deltas: [openBefore('2.75')] })

/** Rules of behaviour that came with a version; inputs of the commands. */
export function flavorRules(version: number): { publicAccessRefused: boolean; extraSpecsChecked: boolean } {
  return { publicAccessRefused: version >= 7, extraSpecsChecked: version >= 86 }
}
