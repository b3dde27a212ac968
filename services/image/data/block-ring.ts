/**
 * A few blocks of shared memory that go round: one is filled while the others are written to disk and hashed. When the
 * next one is still in use, whoever fills has to wait, and with it the client. So an upload of any length takes a few
 * megabytes, also when its bytes come one by one.
 */
import type { Shared } from './hash-lanes.ts'

/** Small enough to be in a processor's cache still when it is written and hashed. */
export const BLOCK_BYTES = 512 << 10
const BLOCKS = 8

export class BlockRing {
  readonly #blocks: Shared[] = []
  /** What is done with a block, as long as it is. */
  readonly #uses: (Promise<unknown> | undefined)[] = []
  #at = -1

  /** The next block, at once or when it is free. Rejects when what was done with it before failed. */
  next(): Shared | Promise<Shared> {
    this.#at = (this.#at + 1) % BLOCKS
    const block = this.#blocks[this.#at] ??= Buffer.from(new SharedArrayBuffer(BLOCK_BYTES))
    return this.#uses[this.#at]?.then(() => block) ?? block
  }

  /** Until `use` has succeeded, the block given out last is not given out again. */
  hold(use: Promise<unknown>): void {
    const at = this.#at
    this.#uses[at] = use
    // Whoever asks for the block next hears of a failure.
    use.then(() => { this.#uses[at] = undefined }, () => {})
  }
}
