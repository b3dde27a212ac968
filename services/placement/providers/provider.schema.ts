/** Resource providers as the API speaks of them, latest shape. */
import { Type, type Static } from '#core/schema/schema.ts'

const Uuid = Type.String({ format: 'uuid' })
const Parent = Type.Optional(Type.Union([Uuid, Type.Null()]))
const Name = Type.String({ maxLength: 200 })
const closed = { additionalProperties: false }

export const ProviderCreate = Type.Object({ name: Name, uuid: Type.Optional(Uuid), parent_provider_uuid: Parent }, closed)
export const ProviderUpdate = Type.Object({ name: Name, parent_provider_uuid: Parent }, closed)

const Text = Type.Optional(Type.Array(Type.String()))
const Uuids = Type.Optional(Type.Array(Uuid))
export const ProviderQuery = Type.Object({
  name: Text, uuid: Uuids, member_of: Text, resources: Text, in_tree: Uuids, required: Text,
}, closed)

export type ProviderCreate = Static<typeof ProviderCreate>
export type ProviderUpdate = Static<typeof ProviderUpdate>

export interface ProviderView {
  uuid: string
  name: string
  generation: number
  parent_provider_uuid: string | null
  root_provider_uuid: string
  links: { rel: string; href: string }[]
}
