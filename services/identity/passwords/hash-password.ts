/**
 * Password hashes: new ones are argon2id in the PHC text form, hashes of imported clouds (`$2b$…`, bcrypt) are still
 * read. Both are worked out on the thread pool, never on the event loop. A user that does not exist costs a caller
 * the same time as a wrong password.
 *
 * RFC 9106; https://github.com/P-H-C/phc-string-format
 */
import { compare } from 'bcrypt'
import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'

export interface HashCost { memoryKiB: number; passes: number }

/** `node:crypto` refuses to work below eight times the parallelism (1 here), in KiB. */
export async function hashPassword(password: string, cost: HashCost): Promise<string> {
  const salt = randomBytes(16)
  const tag = await derive(password, salt, cost.memoryKiB, cost.passes, 1, 32)
  return `$argon2id$v=19$m=${cost.memoryKiB},t=${cost.passes},p=1$${bare(salt)}$${bare(tag)}`
}

export async function checkPassword(password: string, hash: string | null): Promise<boolean> {
  if (hash === null) return false
  const match = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/.exec(hash)
  if (match !== null) {
    const [, memory, passes, lanes, salt, tag] = match as unknown as [string, string, string, string, string, string]
    const wanted = Buffer.from(tag, 'base64')
    return timingSafeEqual(wanted, await derive(password, Buffer.from(salt, 'base64'), Number(memory), Number(passes), Number(lanes), wanted.length))
  }
  // bcrypt looks at 72 bytes, and at none after a NUL.
  return /^\$2[aby]\$/.test(hash) && await compare(Buffer.from(password).subarray(0, 72), hash)
}

/** As long as a check against a real hash takes, and always in vain. */
export async function checkNothing(password: string, cost: HashCost): Promise<false> {
  await derive(password, randomBytes(16), cost.memoryKiB, cost.passes, 1, 32)
  return false
}

function derive(password: string, salt: Buffer, memory: number, passes: number, parallelism: number, tagLength: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    argon2('argon2id', { message: password, nonce: salt, memory, passes, parallelism, tagLength }, (error, tag) => {
      if (error === null || error === undefined) resolve(tag as Buffer)
      else reject(error)
    })
  })
}

function bare(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '')
}
