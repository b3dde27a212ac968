/**
 * Threads that hash. Every byte of an image counts in two digests, and one of them after the other takes longer than
 * all the rest of an upload; so md5 and sha512 of an upload run beside each other, and neither in the thread that
 * serves sockets. The bytes lie in shared memory: they are not copied, the threads tell each other where they are.
 *
 *     receiver ── open (algorithm) · add (bytes) … end ──────────────► lane
 *     receiver ◄── done (the bytes may be written over) … digest ───── lane
 *
 * Lanes are started when a long upload comes, as many as there are processors beside the receiver's, and end when none
 * came for a while. With one lane only sha512, the longer of the two, has it: md5 is cheapest in the thread whose
 * processor has just had the bytes.
 */
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'

export type HashAlgorithm = 'md5' | 'sha512'
export type Shared = Buffer<SharedArrayBuffer>

export type ToLane =
  | { kind: 'open'; stream: number; algorithm: HashAlgorithm }
  | { kind: 'add'; stream: number; bytes: Shared }
  | { kind: 'end'; stream: number }
  | { kind: 'drop'; stream: number }

/** In the order of `add` and `end`; only the answer to `end` carries a digest. */
export interface FromLane { stream: number; digest?: string }

/** How much longer one takes than the other: what a lane has to do is the sum. */
const WEIGHTS: Record<HashAlgorithm, number> = { md5: 4, sha512: 5 }
/** Idle lanes hold a few megabytes each. */
const IDLE_MS = 30_000

/** One digest in the making, in a lane. */
export interface HashStream {
  /** Resolves when the bytes may be written over; rejects when the lane died. */
  add(bytes: Shared): Promise<void>
  end(): Promise<string>
  drop(): void
}

export class HashLanes {
  readonly #lanes: Lane[] = []
  readonly #most: number
  readonly #idleMs: number
  #idle: NodeJS.Timeout | undefined

  constructor(most = availableParallelism() - 1, idleMs = IDLE_MS) {
    this.#most = most
    this.#idleMs = idleMs
  }

  /** How many threads there are now. */
  get running(): number { return this.#lanes.length }

  /** Opens a digest on the lane with the least to do; undefined where it is better made in place. */
  open(algorithm: HashAlgorithm): HashStream | undefined {
    if (this.#most < 1 || (this.#most === 1 && algorithm === 'md5')) return undefined
    clearTimeout(this.#idle)
    return this.#choose().open(algorithm)
  }

  /** Ends all threads; digests in the making fail. */
  async close(): Promise<void> {
    clearTimeout(this.#idle)
    await Promise.all(this.#lanes.map((lane) => lane.close()))
  }

  #choose(): Lane {
    const least = this.#lanes.toSorted((a, b) => a.load - b.load)[0]
    if (least !== undefined && (least.load === 0 || this.#lanes.length >= this.#most)) return least
    const lane = new Lane(() => this.#rest(), () => { this.#lanes.splice(this.#lanes.indexOf(lane), 1) })
    this.#lanes.push(lane)
    return lane
  }

  #rest(): void {
    if (this.#lanes.some((lane) => lane.load > 0)) return
    clearTimeout(this.#idle)
    this.#idle = setTimeout(() => void this.close(), this.#idleMs)
    this.#idle.unref()
  }
}

interface Waiting { resolve: (digest: string | undefined) => void; reject: (error: Error) => void }

/** A thread, and what is waited for from it. */
class Lane {
  load = 0
  readonly #worker = new Worker(new URL('./hash-lane-worker.ts', import.meta.url), { name: 'image-hash' })
  readonly #streams = new Map<number, Waiting[]>()
  readonly #onRest: () => void
  #lastStream = 0
  #ended: Error | undefined

  constructor(onRest: () => void, onEnd: () => void) {
    this.#onRest = onRest
    this.#worker.unref()
    this.#worker.on('message', (message: FromLane) => { this.#streams.get(message.stream)?.shift()?.resolve(message.digest) })
    this.#worker.on('error', (error: Error) => { this.#ended ??= error })
    this.#worker.once('exit', () => {
      this.#ended ??= new Error('a hashing thread ended')
      onEnd()
      for (const waiting of this.#streams.values()) for (const { reject } of waiting) reject(this.#ended)
    })
  }

  open(algorithm: HashAlgorithm): HashStream {
    const stream = (this.#lastStream += 1)
    this.#streams.set(stream, [])
    // Whoever waits for a digest must not end for want of other work.
    if (this.load === 0) this.#worker.ref()
    this.load += WEIGHTS[algorithm]
    this.#tell({ kind: 'open', stream, algorithm })
    const leave = (): void => {
      if (!this.#streams.delete(stream)) return
      this.load -= WEIGHTS[algorithm]
      if (this.load > 0) return
      this.#worker.unref()
      this.#onRest()
    }
    return {
      add: async (bytes) => { await this.#ask(stream, { kind: 'add', stream, bytes }) },
      end: async () => (await this.#ask(stream, { kind: 'end', stream }).finally(leave))!,
      drop: () => {
        this.#tell({ kind: 'drop', stream })
        leave()
      },
    }
  }

  async close(): Promise<void> { await this.#worker.terminate() }

  #tell(message: ToLane): void { this.#worker.postMessage(message) }

  #ask(stream: number, message: ToLane): Promise<string | undefined> {
    return new Promise((resolve, reject) => {
      if (this.#ended !== undefined) return reject(this.#ended)
      this.#streams.get(stream)?.push({ resolve, reject })
      this.#tell(message)
    })
  }
}
