/** Credentials as clients send them. An EC2 credential needs a project. */
import { Type } from '#core/schema/schema.ts'
import { ExternalId } from '../wire/types.schema.ts'

const credential = { blob: Type.String(), project_id: Type.Optional(ExternalId), type: Type.String({ maxLength: 255 }), user_id: ExternalId }
export const CredentialCreate = Type.Object(credential)
/** Owner and type stay; upstream's first forms of the call may still name them. */
export const CredentialUpdate = Type.Object({
  blob: Type.Optional(Type.String()), type: Type.Optional(Type.String({ maxLength: 255 })), project_id: Type.Optional(ExternalId), user_id: Type.Optional(ExternalId),
}, { minProperties: 1 })
export const CREDENTIAL_ATTRIBUTES = ['blob', 'project_id', 'type', 'user_id']
