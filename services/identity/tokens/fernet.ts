/**
 * Fernet, the sealed envelope tokens and stored credentials travel in: AES-128-CBC under HMAC-SHA256, with the time
 * of sealing inside. A key is 32 bytes, the first half signs and the second encrypts.
 *
 *     0x80 | seconds, 8 bytes big-endian | IV, 16 bytes | ciphertext | HMAC, 32 bytes      → base64url
 *
 * https://github.com/fernet/spec/blob/master/Spec.md
 */
import { createCipheriv, createDecipheriv, createSecretKey, hash, randomBytes, timingSafeEqual, type KeyObject } from 'node:crypto'

/** A key made ready: the two padded halves of HMAC and the cipher's key. One-shot hashes are far cheaper than an Hmac object. */
export interface FernetKey { inner: Buffer; outer: Buffer; cipher: KeyObject }

const VERSION = 0x80
const HEAD = 25
const MAC = 32

export function fernetKey(bytes: Buffer): FernetKey {
  const padded = Buffer.alloc(64)
  bytes.copy(padded, 0, 0, 16)
  return { inner: padded.map((b) => b ^ 0x36) as Buffer, outer: padded.map((b) => b ^ 0x5c) as Buffer, cipher: createSecretKey(bytes.subarray(16)) }
}

/** HMAC-SHA256, RFC 2104. */
function sign(key: FernetKey, message: Uint8Array): Buffer {
  return hash('sha256', Buffer.concat([key.outer, hash('sha256', Buffer.concat([key.inner, message]), 'buffer')]), 'buffer')
}

/** Seals `message`; the text has no padding, as tokens are sent. */
export function seal(key: FernetKey, message: Uint8Array, seconds: number): string {
  const iv = randomBytes(16)
  const cipher = createCipheriv('aes-128-cbc', key.cipher, iv)
  const head = Buffer.alloc(9)
  head[0] = VERSION
  head.writeBigUInt64BE(BigInt(seconds), 1)
  const signed = Buffer.concat([head, iv, cipher.update(message), cipher.final()])
  return Buffer.concat([signed, sign(key, signed)]).toString('base64url')
}

/** What was sealed and when, or undefined when none of the keys sealed it. */
export function unseal(keys: readonly FernetKey[], text: string): { message: Buffer; seconds: number } | undefined {
  if (!/^[A-Za-z0-9_-]+={0,2}$/.test(text)) return undefined
  const bytes = Buffer.from(text, 'base64url')
  const size = bytes.length - HEAD - MAC
  if (bytes[0] !== VERSION || size < 16 || size % 16 !== 0) return undefined
  const signed = bytes.subarray(0, -MAC)
  const mac = bytes.subarray(-MAC)
  for (const key of keys) {
    if (!timingSafeEqual(mac, sign(key, signed))) continue
    const decipher = createDecipheriv('aes-128-cbc', key.cipher, bytes.subarray(9, HEAD))
    return { message: Buffer.concat([decipher.update(signed.subarray(HEAD)), decipher.final()]), seconds: Number(bytes.readBigUInt64BE(1)) }
  }
  return undefined
}
