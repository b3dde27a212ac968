/** Resource classes as the API speaks of them. Whoever adds one starts its name with `CUSTOM_`. */
import { Type, type Static } from '#core/schema/schema.ts'

const CustomClassName = Type.String({ pattern: '^CUSTOM_[A-Z0-9_]+$', maxLength: 255 })
export const ResourceClassBody = Type.Object({ name: CustomClassName }, { additionalProperties: false })
export type ResourceClassBody = Static<typeof ResourceClassBody>
