/** Shapes of the key pair API, latest. */
import { Type } from '#core/schema/schema.ts'
import { AnyText, closed, LimitValue, many, querySchema, wrapped } from '../schema/parameter-types.ts'

function keyName(format: string) {
  return Type.Unsafe<string>({ allOf: [{ type: 'string', minLength: 1, maxLength: 255, format: 'compute-name' }, { type: 'string', minLength: 1, maxLength: 255, format }] })
}
export const OlderKeyName = keyName('compute-keypair-name')

export const KeypairCreate = wrapped('keypair', closed({
  name: keyName('compute-keypair-name-292'),
  type: Type.Optional(Type.Unsafe<'ssh' | 'x509'>({ type: 'string', enum: ['ssh', 'x509'] })),
  public_key: Type.String(),
  user_id: Type.Optional(Type.String()),
}))

export const KeypairQuery = querySchema({ user_id: many(AnyText) }, false)
export const KeypairListQuery = querySchema({ user_id: many(AnyText), limit: many(LimitValue), marker: many(AnyText) }, false)
