/** Traits as the API speaks of them. */
import { Type, type Static } from '#core/schema/schema.ts'

const closed = { additionalProperties: false }

export const CustomTraitName = Type.String({ minLength: 1, maxLength: 255, pattern: '^CUSTOM_[A-Z0-9_]+$' })

export const ProviderTraitsBody = Type.Object({
  traits: Type.Array(Type.String({ minLength: 1, maxLength: 255 })),
  resource_provider_generation: Type.Integer(),
}, closed)
export type ProviderTraitsBody = Static<typeof ProviderTraitsBody>

const Text = Type.Optional(Type.Array(Type.String()))
export const TraitQuery = Type.Object({ name: Text, associated: Text }, closed)
