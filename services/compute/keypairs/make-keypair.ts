/** Makes or imports a key pair. A private key is answered once and kept nowhere. */
import { inTransaction, isUniqueViolation } from '#core/db/database.ts'
import type { ComputeContext } from '../context.ts'
import { errors } from '../errors.ts'
import { limitsOf } from '../quotas/effective-limits.ts'
import { normalName } from '../schema/read-values.ts'
import { fingerprintOf, newCertificate, newSshKey } from './key-material.ts'
import { countKeypairs, insertKeypair, type KeypairRow } from './keypair.store.ts'

export interface GivenKey { name: string; type?: 'ssh' | 'x509'; public_key?: string }

/** Throws 400 for what is no key, 403 beyond the limit, 409 for a name that is taken. */
export async function makeKeypair(ctx: ComputeContext, userId: string, given: GivenKey): Promise<{ row: KeypairRow; privateKey: string | undefined }> {
  const name = normalName(given.name)
  const type = given.type ?? 'ssh'
  await checkKeyLimit(ctx, userId)
  const made = given.public_key === undefined ? await (type === 'ssh' ? newSshKey() : newCertificate(userId)) : undefined
  const publicKey = made?.publicKey ?? given.public_key!
  const fingerprint = made?.fingerprint ?? fingerprintOf(publicKey, type)
  try {
    const row = await inTransaction(ctx, async (tx) => {
      await checkKeyLimit(tx, userId)
      return await insertKeypair(tx, { user_id: userId, name, type, fingerprint, public_key: publicKey })
    })
    return { row, privateKey: made?.privateKey }
  } catch (error) {
    if (isUniqueViolation(error)) throw errors.KeyPairExists({ name })
    throw error
  }
}

/** The limit is the project's, the count the user's: so it always was. */
async function checkKeyLimit(ctx: ComputeContext, userId: string): Promise<void> {
  const { key_pairs: limit } = await limitsOf(ctx, ctx.identity.project?.id ?? '', userId)
  if (limit! >= 0 && await countKeypairs(ctx, userId) >= limit!) throw errors.KeypairLimitExceeded()
}
