/** The contents of a credential at rest: sealed with the keys of their own repository. */
import type { IdentityContext } from '../context.ts'
import { seal, unseal } from '../tokens/fernet.ts'

export function sealBlob(ctx: IdentityContext, blob: string): string {
  return seal(ctx.clients.credentialKeys.primary, Buffer.from(blob), Math.floor(ctx.clock.now() / 1000))
}

export function openBlob(ctx: IdentityContext, credential: { id: string; encrypted_blob: string }): string {
  const opened = unseal(ctx.clients.credentialKeys.all, credential.encrypted_blob)
  if (opened === undefined) throw new Error(`the credential ${credential.id} was sealed with a key that is not in the repository`)
  return opened.message.toString()
}
