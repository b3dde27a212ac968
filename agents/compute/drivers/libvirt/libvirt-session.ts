/**
 * A connection to our libvirtd that heals. Calls take the one that lives, or open a new one, starting the daemon first
 * if it is gone. When a connection ends by itself it is opened again at once, since it also carries the events; what
 * happened meanwhile is for `onReturn` to find out.
 */
import type { Clock } from '#core/time/clock.ts'
import type { Log } from '#core/log/log.ts'
import { HypervisorFault } from '../../errors.ts'
import { lifecycleEvent, listenToLifecycle, openSystem, readLifecycleEvent, type Domain } from './libvirt-calls.ts'
import { LibvirtConnection } from './libvirt-connection.ts'
import { ensureLibvirtDaemons, type DaemonOptions, type LibvirtPaths } from './libvirt-daemon.ts'

export interface SessionOptions {
  daemon: DaemonOptions
  clock: Clock
  log: Log
  onLifecycle(domain: Domain): void
  onReturn(): void
}

const TRY_AGAIN_MS = 1000
const OPEN_WITHIN_MS = 30_000

export class LibvirtSession {
  readonly #options: SessionOptions
  #opening: Promise<LibvirtConnection> | undefined
  #ensuring: Promise<LibvirtPaths> | undefined
  #closed = false

  constructor(options: SessionOptions) { this.#options = options }

  /** The connection; opens it when there is none. */
  async connection(): Promise<LibvirtConnection> {
    if (this.#closed) throw new HypervisorFault('the libvirt driver is closed')
    this.#opening ??= this.#open()
    try {
      return await this.#opening
    } catch (error) {
      this.#opening = undefined
      throw error
    }
  }

  /** The connection, to start a guest with: that needs the log daemon too, which nobody misses until then. */
  async connectionForStart(): Promise<LibvirtConnection> {
    await this.#daemons()
    return await this.connection()
  }

  /** Side by side they would start the same daemon twice. */
  async #daemons(): Promise<LibvirtPaths> {
    this.#ensuring ??= ensureLibvirtDaemons(this.#options.daemon).finally(() => { this.#ensuring = undefined })
    return await this.#ensuring
  }

  close(): void {
    this.#closed = true
    this.#opening?.then((connection) => { connection.close() }, () => {})
  }

  async #open(): Promise<LibvirtConnection> {
    const { daemon, log } = this.#options
    const end = Date.now() + OPEN_WITHIN_MS
    for (;;) {
      const { socket } = await this.#daemons()
      try {
        const connection = await LibvirtConnection.open(socket, (procedure, body) => {
          if (procedure === lifecycleEvent) this.#options.onLifecycle(readLifecycleEvent(body))
        })
        await openSystem(connection)
        await listenToLifecycle(connection)
        void connection.ended.then(() => { this.#lost() })
        return connection
      } catch (error) {
        // The daemon writes its process id before it listens.
        if (Date.now() > end) throw new HypervisorFault(`libvirtd does not answer: ${(error as Error).message}; see ${daemon.stateDir}/libvirt/log/libvirtd.log`, { cause: error })
        log.debug({ err: error }, 'libvirtd is not ready yet')
        await new Promise((resolve) => { setTimeout(resolve, 100) })
      }
    }
  }

  #lost(): void {
    this.#opening = undefined
    if (this.#closed) return
    this.#options.log.warn('libvirtd is gone; it is started again')
    const again = (): void => {
      if (this.#closed) return
      this.connection().then(() => { this.#options.onReturn() }, (error: unknown) => {
        this.#options.log.error({ err: error }, 'libvirtd could not be started again')
        this.#options.clock.after(TRY_AGAIN_MS, again)
      })
    }
    again()
  }
}
