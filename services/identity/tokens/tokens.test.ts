import fc from 'fast-check'
import { hash as bcrypt } from 'bcrypt'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { checkPassword, hashPassword } from '../passwords/hash-password.ts'
import { fernetKey, seal, unseal } from './fernet.ts'
import { KeyRepository, rotateKeys, setUpKeys } from './key-repository.ts'
import { packPayload, unpackPayload, type TokenPayload } from './token-payload.ts'

const folders: string[] = []

function newFolder(): string {
  const folder = join(mkdtempSync(join(tmpdir(), 'nacre-keys-')), 'keys')
  folders.push(folder)
  return folder
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(join(folder, '..'), { recursive: true, force: true })
})

describe('fernet', () => {
  test('reads the example of the specification', () => {
    const key = fernetKey(Buffer.from('cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=', 'base64url'))
    const opened = unseal([key], 'gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA==')
    expect(opened).toEqual({ message: Buffer.from('hello'), seconds: 499_162_800 })
  })

  test('whatever is sealed comes back, and nothing changed does', () => {
    const key = fernetKey(Buffer.alloc(32, 7))
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(4_000_000_000), fc.nat(), (message, seconds, at) => {
      const text = seal(key, message, seconds)
      expect(unseal([key], text)).toEqual({ message: Buffer.from(message), seconds })
      const bytes = Buffer.from(text, 'base64url')
      bytes[at % bytes.length]! ^= 1
      expect(unseal([key], bytes.toString('base64url'))).toBeUndefined()
    }))
  })

  test.each(['', 'x', 'gAAAA', '%%%', 'a b', 'gAAAAA'.repeat(30)])('%j is no token', (text) => {
    expect(unseal([fernetKey(Buffer.alloc(32))], text)).toBeUndefined()
  })
})

describe('payload', () => {
  const hex = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes).toString('hex'))
  const audit = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes).toString('base64url'))
  const scope = fc.oneof<fc.Arbitrary<Partial<TokenPayload>>[]>(
    fc.constant({}), hex.map((projectId) => ({ projectId })), fc.oneof(hex, fc.constant('default')).map((domainId) => ({ domainId })), fc.constant({ system: 'all' as const }),
    fc.tuple(hex, hex).map(([projectId, trustId]) => ({ projectId, trustId })), fc.tuple(hex, hex).map(([projectId, applicationCredentialId]) => ({ projectId, applicationCredentialId })),
    fc.tuple(hex, hex).map(([projectId, accessTokenId]) => ({ projectId, accessTokenId })),
  )

  test('every scope and method comes back, in no more than 255 characters', () => {
    const methods = fc.uniqueArray(fc.constantFrom('password', 'token', 'application_credential', 'totp', 'oauth1', 'ec2credential'), { minLength: 1 })
    fc.assert(fc.property(fc.oneof(hex, fc.string({ minLength: 1, maxLength: 10 })), methods, fc.integer({ min: 1, max: 4_000_000_000 }), fc.array(audit, { minLength: 1, maxLength: 2 }), scope,
      (userId, used, seconds, auditIds, where) => {
        const payload: TokenPayload = { userId, methods: used, expiresAtMs: seconds * 1000, auditIds, ...where }
        const bytes = packPayload(payload)
        const back = unpackPayload(bytes)!
        expect({ ...back, methods: back.methods.toSorted() }).toEqual({ ...payload, methods: used.toSorted() })
        expect(seal(fernetKey(Buffer.alloc(32)), bytes, 1).length).toBeLessThanOrEqual(255)
      }))
  })

  test('bytes that are no payload are none', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => { unpackPayload(bytes) }))
    expect(unpackPayload(Buffer.from([0x91, 0x63]))).toBeUndefined()
  })
})

describe('key repository', () => {
  test('begins with a staged and a primary key that only the owner reads', () => {
    const folder = newFolder()
    setUpKeys(folder)
    expect(readdirSync(folder).toSorted()).toEqual(['0', '1'])
    expect(statSync(join(folder, '1')).mode & 0o77).toBe(0)
    expect(statSync(folder).mode & 0o77).toBe(0)
    expect(Buffer.from(readFileSync(join(folder, '1'), 'utf8'), 'base64url')).toHaveLength(32)
  })

  test('rotation promotes the staged key; what it sealed stays readable until its key is purged', () => {
    const folder = newFolder()
    setUpKeys(folder)
    let now = 0
    const repository = new KeyRepository(folder, () => now)
    const rotate = (): void => { rotateKeys(folder, 3); now += 10_000 }
    const staged = readFileSync(join(folder, '0'), 'utf8')
    const text = seal(repository.primary, Buffer.from('x'), 1)
    rotate()
    expect(readFileSync(join(folder, '2'), 'utf8')).toBe(staged)
    expect(readdirSync(folder).toSorted()).toEqual(['0', '1', '2'])
    expect(unseal(repository.all, text)?.message.toString()).toBe('x')
    rotate()
    expect(readdirSync(folder).toSorted()).toEqual(['0', '2', '3'])
    expect(unseal(repository.all, text)).toBeUndefined()
  })

  test('a key that is none is refused with the folder in the sentence', () => {
    const folder = newFolder()
    setUpKeys(folder)
    writeFileSync(join(folder, '1'), 'short')
    expect(() => new KeyRepository(folder, () => 0).all).toThrow(folder)
  })
})

describe('password hashes', () => {
  const cost = { memoryKiB: 8, passes: 1 }

  test('are argon2id in PHC form, salted', async () => {
    const [one, two] = [await hashPassword('geheim', cost), await hashPassword('geheim', cost)]
    expect(one).toMatch(/^\$argon2id\$v=19\$m=8,t=1,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
    expect(one).not.toBe(two)
    expect(await checkPassword('geheim', one)).toBe(true)
    expect(await checkPassword('Geheim', one)).toBe(false)
  })

  test('bcrypt of an imported cloud still counts', async () => {
    const old = await bcrypt('geheim', 4)
    expect(await checkPassword('geheim', old)).toBe(true)
    expect(await checkPassword('geheim!', old)).toBe(false)
  })

  test.each([null, '', 'plain', '$1$md5$x'])('%j opens nothing', async (hash) => {
    expect(await checkPassword('', hash)).toBe(false)
  })
})
