/** What key pairs looked like in older versions. */
import { added, shapeVersions, since } from '#core/versions/versions.ts'
import { openBefore } from '../schema/older-queries.ts'
import { KeypairCreate, KeypairListQuery, KeypairQuery, OlderKeyName } from './keypair.schema.ts'

type Json = Record<string, unknown>

/** Until 2.91 the service made a key where none was given, and a name had fewer signs to choose from. */
function withoutKey(schema: Json): Json {
  const keypair = (schema['properties'] as Record<string, Json>)['keypair']!
  keypair['required'] = ['name']
  ;(keypair['properties'] as Json)['name'] = OlderKeyName
  return schema
}

const response = since('2.2', { response: added('keypair.type', 'keypairs[].keypair.type') })

export const keypairCreateVersions = shapeVersions({
  request: KeypairCreate,
  deltas: [response, since('2.2', { request: added('keypair.type') }), since('2.10', { request: added('keypair.user_id') }), since('2.92', { olderSchema: withoutKey })],
})
export const keypairReplies = shapeVersions({ deltas: [response, since('2.35', { response: added('keypairs_links') })] })
export const keypairQuery = shapeVersions({ request: KeypairQuery, deltas: [openBefore('2.75')] })
export const keypairListQuery = shapeVersions({ request: KeypairListQuery, deltas: [openBefore('2.75'), since('2.35', { olderSchema: () => ({ type: 'object', additionalProperties: true }) })] })

/** Behaviour that came with a version. */
export function keypairRules(version: number): { otherUsers: boolean; paged: boolean } {
  return { otherUsers: version >= 10, paged: version >= 35 }
}
