/**
 * A folder of Fernet keys, laid out as upstream's: file `0` is staged (known to every node before anyone seals with
 * it), the highest number is primary (seals), the others are secondary (still unseal). Rotation promotes the staged
 * key and stages a new one, so nodes that copy the folder at leisure never meet a key they do not know.
 *
 * https://docs.openstack.org/keystone/zed/admin/fernet-token-faq.html
 */
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fernetKey, type FernetKey } from './fernet.ts'

const LOOK_AGAIN_MS = 5000

/** Creates the folder with a staged and a primary key, unless it has keys already. */
export function setUpKeys(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  if (numbers(folder).length > 0) return
  writeKey(folder, 0)
  rotateKeys(folder, 3)
}

/** One rotation. Keys beyond `maxActive` are removed, oldest first: what they sealed can no longer be read. */
export function rotateKeys(folder: string, maxActive: number): void {
  const next = Math.max(...numbers(folder)) + 1
  renameSync(join(folder, '0'), join(folder, String(next)))
  writeKey(folder, 0)
  const kept = numbers(folder)
  for (const number of kept.slice(1, Math.max(1, kept.length - maxActive + 1))) rmSync(join(folder, String(number)))
}

function numbers(folder: string): number[] {
  return readdirSync(folder).filter((name) => /^\d+$/.test(name)).map(Number).sort((a, b) => a - b)
}

function writeKey(folder: string, number: number): void {
  const path = join(folder, String(number))
  writeFileSync(`${path}.new`, `${randomBytes(32).toString('base64').replaceAll('+', '-').replaceAll('/', '_')}`, { mode: 0o600 })
  renameSync(`${path}.new`, path)
}

/** The keys of a folder as a running service holds them: looked at again now and then, and when a token is unknown. */
export class KeyRepository {
  readonly #folder: string
  readonly #now: () => number
  #keys: FernetKey[] = []
  #changedAt = -1
  #lookedAt = Number.NEGATIVE_INFINITY

  constructor(folder: string, now: () => number) {
    this.#folder = folder
    this.#now = now
  }

  get primary(): FernetKey { return this.all[0]! }

  /** Primary first, then the others from young to old, the staged one last. */
  get all(): readonly FernetKey[] {
    if (Math.abs(this.#now() - this.#lookedAt) >= LOOK_AGAIN_MS) this.#look()
    return this.#keys
  }

  #look(): void {
    this.#lookedAt = this.#now()
    const changedAt = statSync(this.#folder).mtimeMs
    if (changedAt === this.#changedAt) return
    const keys = numbers(this.#folder).sort((a, b) => b - a).map((number) => Buffer.from(readFileSync(join(this.#folder, String(number)), 'utf8').trim(), 'base64url'))
    if (keys.length === 0 || keys.some((key) => key.length !== 32)) throw new Error(`the key repository ${this.#folder} has no key, or one that is not 32 bytes`)
    this.#keys = keys.map(fernetKey)
    this.#changedAt = changedAt
  }
}
