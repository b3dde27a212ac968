/**
 * One-time passcodes (RFC 6238): six digits from a shared secret and the half-minute at hand. The secrets are the
 * user's credentials of type `totp`, base32. A passcode of the half-minute before still counts.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { IdentityContext } from '../context.ts'
import { listCredentials } from '../credentials/credential.store.ts'
import { openBlob } from '../credentials/credential-blob.ts'
import type { UserRow } from '../database.ts'
import { errors } from '../errors.ts'

const STEP_SECONDS = 30
const DIGITS = 6

export async function requirePasscode(ctx: IdentityContext, user: UserRow | undefined, passcode: string | undefined): Promise<void> {
  const credentials = user === undefined ? [] : await listCredentials(ctx, { userId: user.id, type: 'totp' })
  const step = Math.floor(ctx.clock.now() / 1000 / STEP_SECONDS)
  const given = Buffer.from((passcode ?? '').trim().padEnd(DIGITS).slice(0, DIGITS))
  let right = false
  for (const credential of credentials) {
    const secret = fromBase32(openBlob(ctx, credential))
    for (const at of [step, step - 1]) {
      if (secret.length > 0 && given.length === DIGITS && timingSafeEqual(given, Buffer.from(passcodeAt(secret, at)))) right = true
    }
  }
  if (!right || (passcode ?? '').trim().length !== DIGITS) throw errors.Unauthorized()
}

/** HOTP (RFC 4226) at counter `step`. */
export function passcodeAt(secret: Buffer, step: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const digest = createHmac('sha1', secret).update(counter).digest()
  const offset = digest.at(-1)! & 15
  return String((digest.readUInt32BE(offset) & 0x7f_ff_ff_ff) % 10 ** DIGITS).padStart(DIGITS, '0')
}

function fromBase32(text: string): Buffer {
  let bits = ''
  for (const letter of text.toUpperCase().replaceAll(/[\s=]/g, '')) bits += 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')
  return Buffer.from((bits.match(/[01]{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
}
