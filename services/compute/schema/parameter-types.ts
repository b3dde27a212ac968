/**
 * The building blocks of compute's request schemas: what a name, a count or a flag may look like. Clients of many
 * ages send numbers and booleans as text, so several types accept both; `read-values.ts` reads them.
 */
import { Type, type TSchema } from '#core/schema/schema.ts'
import { numberFormat } from './formats.ts'

const strict = { additionalProperties: false } as const

export function closed<T extends Record<string, TSchema>>(properties: T) {
  return Type.Object(properties, strict)
}

/** `{ "<key>": {…} }`, nothing else: the form of most bodies. */
export function wrapped<K extends string, T extends TSchema>(key: K, inner: T) {
  return Type.Object({ [key]: inner } as Record<K, T>, strict)
}

export const Name = Type.String({ minLength: 1, maxLength: 255, format: 'compute-name' })
export const ZoneName = Type.String({ minLength: 1, maxLength: 255, format: 'compute-zone-name' })
export const Description = Type.Unsafe<string | null>({ type: ['string', 'null'], maxLength: 255, pattern: '^[^\\p{C}\\p{Zl}\\p{Zp}]*$' })
export const LongDescription = Type.Unsafe<string | null>({ type: ['string', 'null'], maxLength: 65535, pattern: '^[^\\p{C}\\p{Zl}\\p{Zp}]*$' })
export const Uuid = Type.String({ format: 'uuid' })
export const GuestHostname = Type.String({ minLength: 2, maxLength: 63, pattern: '^[a-zA-Z0-9]+[a-zA-Z0-9-]*[a-zA-Z0-9]+$' })
export const HostName = Type.String({ minLength: 1, maxLength: 255, pattern: '^[a-zA-Z0-9-._]*$' })
export const IpAddress = Type.Unsafe<string>({ type: 'string', oneOf: [{ format: 'ipv4' }, { format: 'ipv6' }] })
export const DiskConfig = Type.Unsafe<'AUTO' | 'MANUAL'>({ type: 'string', enum: ['AUTO', 'MANUAL'] })
export const MaybeName = Type.Unsafe<string | null>({ oneOf: [{ type: 'string', minLength: 1, maxLength: 255 }, { type: 'null' }] })
export const UserDataOrNull = Type.Unsafe<string | null>({ oneOf: [{ type: 'string', format: 'base64', maxLength: 65535 }, { type: 'null' }] })
export const Tag = Type.String({ minLength: 1, maxLength: 60, pattern: '^[^,/]*$' })
export const MAX_TAGS = 50

export const TRUE_WORDS = ['True', 'TRUE', 'true', '1', 'ON', 'On', 'on', 'YES', 'Yes', 'yes'] as const
export const FALSE_WORDS = ['False', 'FALSE', 'false', '0', 'OFF', 'Off', 'off', 'NO', 'No', 'no'] as const
export const Flag = Type.Unsafe<boolean | string>({ type: ['boolean', 'string'], enum: [true, ...TRUE_WORDS, false, ...FALSE_WORDS] })

const MAX_INT = 0x7fffffff
/** A whole number, or its text; both within the bounds. */
export function numeric(options: { pattern: string; minimum: number; maximum?: number; minLength?: number }) {
  return Type.Unsafe<number | string>({ type: ['integer', 'string'], format: numberFormat(options.minimum, options.maximum), ...options })
}
export const PositiveInteger = numeric({ pattern: '^[0-9]*$', minimum: 1, minLength: 1 })
export const NonNegativeInteger = numeric({ pattern: '^[0-9]*$', minimum: 0, minLength: 1 })
export const FlavorPositive = numeric({ pattern: '^[0-9]+$', minimum: 1, maximum: MAX_INT })
export const FlavorNonNegative = numeric({ pattern: '^[0-9]+$', minimum: 0, maximum: MAX_INT })
export const VolumeSize = FlavorPositive

export const Metadata = Type.Unsafe<Record<string, string>>({
  type: 'object', patternProperties: { '^[a-zA-Z0-9-_:. ]{1,255}$': { type: 'string', maxLength: 255 } }, additionalProperties: false,
})
export const ExtraSpecs = Type.Unsafe<Record<string, string | number>>({
  type: 'object', patternProperties: { '^[a-zA-Z0-9-_:. ]{1,255}$': { type: ['string', 'number'], maxLength: 255 } }, additionalProperties: false,
})
export const Personality = Type.Array(Type.Object({ path: Type.Optional(Type.String()), contents: Type.Optional(Type.String({ format: 'base64' })) }, strict))
export const TrustedCertificates = Type.Unsafe<string[] | null>({
  type: ['array', 'null'], minItems: 1, maxItems: 50, uniqueItems: true, items: { type: 'string', minLength: 1 },
})

/** A query parameter arrives as a list; most may be repeated. */
export function many(schema: TSchema) {
  return Type.Optional(Type.Array(schema))
}
export const AnyText = Type.String()
export const Regex = Type.String({ format: 'compute-regex' })
export const LimitValue = Type.String({ pattern: '^[0-9]*$', minLength: 1 })

/** An object of query parameters; unknown ones are refused only where `open` is false. */
export function querySchema<T extends Record<string, TSchema>>(properties: T, open: boolean, patterns?: Record<string, TSchema>) {
  return Type.Unsafe<Record<string, string[]>>({
    type: 'object', properties, additionalProperties: open, ...(patterns === undefined ? {} : { patternProperties: patterns }),
  })
}
