/**
 * The two digests of an image's bytes, made beside each other (`hash-lanes.ts`). The first blocks are held: when no
 * more come they are hashed where they are, for starting a thread takes longer.
 */
import { createHash } from 'node:crypto'
import type { HashAlgorithm, HashLanes, HashStream, Shared } from './hash-lanes.ts'

export interface DigestPair { md5: string; sha512: string }

/** Fewer than a ring has, or whoever fills it would wait for ever. */
const HELD_BLOCKS = 4

interface Held { bytes: Shared; resolve: () => void; reject: (error: unknown) => void }

export class Digests {
  readonly #lanes: HashLanes | undefined
  #streams: HashStream[] | undefined
  #held: Held[] = []

  /** Without `lanes` everything is hashed in place. */
  constructor(lanes: HashLanes | undefined) { this.#lanes = lanes }

  /** Takes the next bytes. Resolves when they may be written over. */
  async add(bytes: Shared): Promise<void> {
    if (this.#streams === undefined) {
      if (this.#lanes !== undefined && this.#held.length < HELD_BLOCKS) return await new Promise((resolve, reject) => { this.#held.push({ bytes, resolve, reject }) })
      this.#begin((algorithm) => this.#lanes?.open(algorithm) ?? inPlace(algorithm))
    }
    await this.#hash(bytes)
  }

  /** The digests of all that was added. */
  async end(): Promise<DigestPair> {
    if (this.#streams === undefined) this.#begin(inPlace)
    const [md5, sha512] = await Promise.all(this.#streams!.map((stream) => stream.end()))
    return { md5: md5!, sha512: sha512! }
  }

  /** Nobody wants to know any more. */
  drop(): void { for (const stream of this.#streams ?? []) stream.drop() }

  #begin(open: (algorithm: HashAlgorithm) => HashStream): void {
    this.#streams = [open('md5'), open('sha512')]
    for (const { bytes, resolve, reject } of this.#held.splice(0)) this.#hash(bytes).then(resolve, reject)
  }

  async #hash(bytes: Shared): Promise<void> { await Promise.all(this.#streams!.map((stream) => stream.add(bytes))) }
}

function inPlace(algorithm: HashAlgorithm): HashStream {
  const hash = createHash(algorithm)
  return {
    add: async (bytes) => { hash.update(bytes) },
    end: async () => hash.digest('hex'),
    drop() {},
  }
}
