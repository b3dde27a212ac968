/** Stored policies: texts that services may fetch. Identity keeps them and does not read them. */
import { inTransaction } from '#core/db/database.ts'
import { fromJson, toJson } from '#core/db/json.ts'
import type { IdentityContext } from '../context.ts'
import type { PolicyRow } from '../database.ts'
import { errors } from '../errors.ts'
import { extraOf, type Json } from '../wire/input.ts'
import { attachPolicy, attachedPolicy, deletePolicy, detachPolicy, insertPolicy, updatePolicy, type Attachment } from './policy.store.ts'

const ATTRIBUTES = ['blob', 'type']

export async function createPolicy(ctx: IdentityContext, value: Json): Promise<PolicyRow> {
  const row = { id: ctx.ids.hex(), type: value['type'] as string, blob_text: value['blob'] as string, extra: toJson(extraOf(value, ATTRIBUTES)) }
  await insertPolicy(ctx, row)
  return row
}

export async function changePolicy(ctx: IdentityContext, policy: PolicyRow, value: Json): Promise<PolicyRow> {
  if ('id' in value && value['id'] !== policy.id) throw errors.InvalidRequest({ message: 'Cannot change policy ID' })
  const values = {
    type: (value['type'] as string | undefined) ?? policy.type, blob_text: (value['blob'] as string | undefined) ?? policy.blob_text,
    extra: toJson({ ...fromJson<Json>(policy.extra, {}), ...extraOf(value, ATTRIBUTES) }),
  }
  await updatePolicy(ctx, policy.id, values)
  return { ...policy, ...values }
}

export async function removePolicy(ctx: IdentityContext, policy: PolicyRow): Promise<void> {
  await inTransaction(ctx, async (ctx) => await deletePolicy(ctx, policy.id))
}

/** A place has one policy: attaching another replaces it. */
export async function attach(ctx: IdentityContext, policy: PolicyRow, at: Attachment): Promise<void> {
  await inTransaction(ctx, async (ctx) => await attachPolicy(ctx, policy.id, at))
}

export async function detach(ctx: IdentityContext, policy: PolicyRow, at: Attachment): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    if (await attachedPolicy(ctx, at) !== policy.id) throw errors.PolicyAssociationNotFound()
    await detachPolicy(ctx, at)
  })
}
