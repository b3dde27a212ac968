/**
 * The uploads this process has in hand. Their rows carry a lease that is renewed while bytes flow; when a process
 * dies, its leases run out and the reconciler puts the images back. So an upload may take hours, and a dead one is
 * noticed within a minute.
 */
import type { Kysely } from '#core/db/database.ts'
import type { Log } from '#core/log/log.ts'
import type { Clock } from '#core/time/clock.ts'
import type { ImageTables } from '../database.ts'

const LEASE_MS = 60_000
const RENEW_MS = 15_000

interface Means { db: Kysely<ImageTables>; clock: Clock; log: Log }

export class UploadLeases {
  readonly #mine = new Set<string>()
  #cancelTimer: () => void = () => {}
  #stopped = false

  /** Begins to renew. */
  start(means: Means): void { this.#arm(means) }

  stop(): void {
    this.#stopped = true
    this.#cancelTimer()
  }

  /** Runs `work` with the upload's lease kept alive. */
  async hold<T>(uploadId: string, work: () => Promise<T>): Promise<T> {
    this.#mine.add(uploadId)
    try {
      return await work()
    } finally {
      this.#mine.delete(uploadId)
    }
  }

  #arm(means: Means): void {
    this.#cancelTimer = means.clock.after(RENEW_MS, () => {
      void this.#renew(means).catch((error: unknown) => means.log.error({ err: error }, 'upload leases could not be renewed')).finally(() => { if (!this.#stopped) this.#arm(means) })
    })
  }

  async #renew({ db, clock }: Means): Promise<void> {
    if (this.#mine.size === 0) return
    await db.updateTable('images').set({ lease_until: leaseEnd(clock) }).where('upload_id', 'in', [...this.#mine]).where('lease_until', 'is not', null).execute()
  }
}

export function leaseEnd(clock: Clock): string {
  return new Date(clock.now() + LEASE_MS).toISOString()
}
