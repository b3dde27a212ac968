/**
 * What identity holds besides its database: the key repositories, and a memory of small tables that every token needs
 * (roles with what they imply, revocations, the catalog). The memory is dropped on every change here, on the fan-out
 * of a change elsewhere, and after a while in any case; a value that was being read meanwhile is not kept.
 */
import type { KeyRepository } from './tokens/key-repository.ts'

/** Longest time a change elsewhere whose message was lost can stay unseen. */
const FORGET_AFTER_MS = 30_000

export class Memory {
  #entries = new Map<string, { value: unknown; until: number }>()
  #generation = 0

  async recall<T>(name: string, now: number, read: () => Promise<T>): Promise<T> {
    const known = this.#entries.get(name)
    if (known !== undefined && known.until > now && known.until - now <= FORGET_AFTER_MS) return known.value as T
    const asked = this.#generation
    const value = await read()
    if (asked === this.#generation) this.#entries.set(name, { value, until: now + FORGET_AFTER_MS })
    return value
  }

  forget(): void {
    this.#generation += 1
    this.#entries = new Map()
  }
}

export interface IdentityMeans {
  /** Set while the service starts, from its state folder. */
  tokenKeys: KeyRepository
  credentialKeys: KeyRepository
  memory: Memory
}
