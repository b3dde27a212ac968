/**
 * Memory given back when a load is over. V8 keeps the pages it has swept for the next load, and looks for garbage that
 * nobody adds to only a hundred seconds later; a control plane that has become quiet needs neither. The collection
 * stops the process for some tens of milliseconds, so it happens only where something is to be gained, and once.
 */

export interface MemoryProbes {
  /** CPU time used so far, of all threads. */
  cpuMs(): number
  residentBytes(): number
  /** Collects all garbage and gives free pages back. */
  collect(): void
}

const LOOK_EVERY_MS = 5000
/** More than that of one core is a load. */
const QUIET_SHARE = 0.05
/** Less than that is not worth a collection. */
const WORTH_BYTES = 32 * 1024 * 1024

/** Looked at regularly, it collects once when the process is quiet and has grown. */
export class QuietMemory {
  readonly #probes: MemoryProbes
  #cpuMs: number
  /** What the process has when it rests. */
  #restingBytes: number

  constructor(probes: MemoryProbes) {
    this.#probes = probes
    this.#cpuMs = probes.cpuMs()
    this.#restingBytes = probes.residentBytes()
  }

  look(elapsedMs = LOOK_EVERY_MS): void {
    const used = this.#probes.cpuMs() - this.#cpuMs
    this.#cpuMs += used
    if (used > elapsedMs * QUIET_SHARE) return
    const bytes = this.#probes.residentBytes()
    if (bytes < this.#restingBytes) this.#restingBytes = bytes
    if (bytes <= this.#restingBytes + WORTH_BYTES) return
    this.#probes.collect()
    this.#restingBytes = this.#probes.residentBytes()
  }
}

/** Looks after this process for as long as it lives. Does nothing where Node runs without `--expose-gc`. */
export function keepMemoryQuiet(): void {
  const { gc } = globalThis
  if (gc === undefined) return
  const memory = new QuietMemory({
    cpuMs: () => { const { user, system } = process.cpuUsage(); return (user + system) / 1000 },
    residentBytes: () => process.memoryUsage.rss(),
    collect: () => { gc({ type: 'major', execution: 'sync', flavor: 'last-resort' }) },
  })
  setInterval(() => { memory.look() }, LOOK_EVERY_MS).unref()
}
