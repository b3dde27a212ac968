/**
 * What identity holds besides its database: the key repositories, and a memory of small tables that every token needs
 * (roles with what they imply, revocations, the catalog) and of the tokens asked about last. The memory is dropped on
 * every change here, on the fan-out of a change elsewhere, and after a while in any case; a value that was being read
 * meanwhile is not kept.
 */
import { LRUCache } from 'lru-cache'
import type { KeyRepository } from './tokens/key-repository.ts'

/** Longest time a change elsewhere whose message was lost can stay unseen. */
const FORGET_AFTER_MS = 30_000
/** A token and its view take some 10 KiB. */
const MAX_ENTRIES = 1000

export class Memory {
  readonly #entries = new LRUCache<string, { value: unknown; until: number }>({ max: MAX_ENTRIES })
  readonly #listeners = new Set<() => void>()
  #generation = 0

  /** Tells of every `forget` at once: who keeps what identity answered, in this process, forgets with it. */
  onForget(listener: () => void): void { this.#listeners.add(listener) }

  /** What `read` answers, or answered a moment ago. `keep` says whether an answer is worth remembering. */
  async recall<T>(name: string, now: number, read: () => Promise<T>, keep: (value: T) => boolean = () => true): Promise<T> {
    const known = this.#entries.get(name)
    if (known !== undefined && known.until > now && known.until - now <= FORGET_AFTER_MS) return known.value as T
    const asked = this.#generation
    const value = await read()
    if (asked === this.#generation && keep(value)) this.#entries.set(name, { value, until: now + FORGET_AFTER_MS })
    return value
  }

  forget(): void {
    this.#generation += 1
    this.#entries.clear()
    for (const listener of this.#listeners) listener()
  }
}

export interface IdentityMeans {
  /** Set while the service starts, from its state folder. */
  tokenKeys: KeyRepository
  credentialKeys: KeyRepository
  memory: Memory
}
