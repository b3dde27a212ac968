/**
 * The host-local undo stack. Work on a host (a tap, a disk, a domain) is a row of steps, each of which pushes the
 * way back as soon as it has taken effect; a failure runs them in reverse, so a failed `spawn` leaves nothing.
 *
 *     const undo = new UndoStack(log)
 *     try { await makeTap(); undo.push('delete tap', deleteTap); …; undo.commit() }
 *     catch (error) { await undo.unwind(); throw error }
 *
 * A step back that fails is logged and does not stop the others.
 */
import type { Log } from '#core/log/log.ts'

interface Entry { name: string; run: () => Promise<void> | void }

export class UndoStack {
  #entries: Entry[] = []
  readonly #log: Log

  constructor(log: Log) { this.#log = log }

  push(name: string, run: () => Promise<void> | void): void {
    this.#entries.push({ name, run })
  }

  /** Forgets every step back: the work is done. */
  commit(): void { this.#entries = [] }

  async unwind(): Promise<void> {
    for (const entry of this.#entries.splice(0).reverse()) {
      try {
        await entry.run()
      } catch (error) {
        this.#log.error({ err: error, step: entry.name }, 'a step back failed')
      }
    }
  }
}

/** Runs `work` with an undo stack that unwinds when it throws and is forgotten when it returns. */
export async function withUndo<T>(log: Log, work: (undo: UndoStack) => Promise<T>): Promise<T> {
  const undo = new UndoStack(log)
  try {
    const result = await work(undo)
    undo.commit()
    return result
  } catch (error) {
    await undo.unwind()
    throw error
  }
}
