/** Storing and changing credentials. An EC2 credential's id is the hash of its access key, so that a signature finds it. */
import { inTransaction } from '#core/db/database.ts'
import { fromJson, toJson } from '#core/db/json.ts'
import { createHash } from 'node:crypto'
import type { IdentityContext } from '../context.ts'
import type { CredentialRow } from '../database.ts'
import { errors } from '../errors.ts'
import { extraOf, type Json } from '../wire/input.ts'
import { openBlob, sealBlob } from './credential-blob.ts'
import { CREDENTIAL_ATTRIBUTES } from './credential.schema.ts'
import { insertCredential, listCredentials, updateCredential } from './credential.store.ts'

/** Parts of an EC2 blob that say in whose narrowed name it acts: they stay as they were made. */
const SCOPE_KEYS = ['trust_id', 'app_cred_id', 'access_token_id', 'access_id']

export function ec2CredentialId(access: string): string {
  return createHash('sha256').update(access).digest('hex')
}

export async function createCredential(ctx: IdentityContext, value: Json): Promise<CredentialRow> {
  const isEc2 = (value['type'] as string).toLowerCase() === 'ec2'
  const blob = value['blob'] as string
  if (isEc2 && value['project_id'] === undefined) throw errors.SchemaValidationError({ detail: '\'project_id\' is a required property' })
  const id = isEc2 ? ec2CredentialId(accessOf(blob)) : ctx.ids.hex()
  const limit = ctx.config.credentialLimit
  if (limit >= 0 && (await listCredentials(ctx, { userId: value['user_id'] as string })).length >= limit) throw errors.CredentialLimitExceeded({ limit })
  const row: CredentialRow = {
    id, user_id: value['user_id'] as string, project_id: (value['project_id'] as string | undefined) ?? null, type: value['type'] as string,
    encrypted_blob: sealBlob(ctx, blob), extra: toJson(extraOf(value, CREDENTIAL_ATTRIBUTES)),
  }
  if (!await insertCredential(ctx, row)) throw errors.Conflict({ type: 'credential', details: `Duplicate entry found with ID ${id}` })
  return row
}

export async function changeCredential(ctx: IdentityContext, credential: CredentialRow, value: Json): Promise<CredentialRow> {
  const blob = value['blob'] as string | undefined
  const type = (value['type'] as string | undefined) ?? credential.type
  if (blob !== undefined && type.toLowerCase() === 'ec2' && credential.type.toLowerCase() === 'ec2') requireSameScope(openBlob(ctx, credential), blob)
  if ((type.toLowerCase() === 'ec2') !== (credential.type.toLowerCase() === 'ec2') && type.toLowerCase() === 'ec2') accessOf(blob ?? openBlob(ctx, credential))
  const values = {
    type, project_id: (value['project_id'] as string | undefined) ?? credential.project_id, encrypted_blob: blob === undefined ? credential.encrypted_blob : sealBlob(ctx, blob),
    extra: toJson({ ...fromJson<Json>(credential.extra, {}), ...extraOf(value, CREDENTIAL_ATTRIBUTES) }),
  }
  await inTransaction(ctx, async (ctx) => await updateCredential(ctx, credential.id, values))
  return { ...credential, ...values }
}

function requireSameScope(before: string, after: string): void {
  accessOf(after)
  const [old, young] = [JSON.parse(before) as Json, JSON.parse(after) as Json]
  for (const key of SCOPE_KEYS) if (old[key] !== young[key]) throw errors.InvalidRequest({ message: `${key} can not be updated for credential` })
}

/** The access key in an EC2 blob, which must be a JSON object that has one. */
function accessOf(blob: string): string {
  let parsed: unknown
  try {
    parsed = JSON.parse(blob)
  } catch (error) {
    throw errors.InvalidRequest({ message: 'Invalid blob in credential' }, { cause: error })
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw errors.ValidationError({ attribute: 'blob', target: 'credential' })
  const access = (parsed as Json)['access']
  if (typeof access !== 'string') throw errors.ValidationError({ attribute: 'access', target: 'credential' })
  return access
}
