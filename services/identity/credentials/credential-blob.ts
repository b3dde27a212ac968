/** Secrets at rest: the contents of credentials and others, sealed with the keys of their own repository. */
import type { IdentityContext } from '../context.ts'
import { seal, unseal } from '../tokens/fernet.ts'

export function sealBlob(ctx: IdentityContext, blob: string): string {
  return seal(ctx.clients.credentialKeys.primary, Buffer.from(blob), Math.floor(ctx.clock.now() / 1000))
}

export function openBlob(ctx: IdentityContext, credential: { id: string; encrypted_blob: string }): string {
  return openSecret(ctx, credential.encrypted_blob, credential.id)
}

/** `id` says whose secret it is, should its key be gone. */
export function openSecret(ctx: IdentityContext, sealed: string, id: string): string {
  const opened = unseal(ctx.clients.credentialKeys.all, sealed)
  if (opened === undefined) throw new Error(`the secret of ${id} was sealed with a key that is not in the repository`)
  return opened.message.toString()
}
