/**
 * Tells the control plane which ports and routers of this host work. Reports of one turn go out in one message; the newest word about a port wins; what could not be delivered stays and is sent again.
 */
import type { Log } from '#core/log/log.ts'
import type { Clock } from '#core/time/clock.ts'
import { soon } from './soon.ts'

export interface ReportTarget {
  reportPorts(report: { host: string; up: string[]; down: string[] }): Promise<unknown>
  reportRouters(report: { host: string; active: string[] }): Promise<unknown>
}

const RETRY_MS = 2_000

export class Reporter {
  readonly #host: string
  readonly #target: ReportTarget
  readonly #clock: Clock
  readonly #log: Log
  #ports = new Map<string, 'up' | 'down'>()
  #routers: string[] | undefined
  #cancel: (() => void) | undefined
  #sending: Promise<void> | undefined
  #stopped = false

  constructor(host: string, target: ReportTarget, clock: Clock, log: Log) {
    this.#host = host
    this.#target = target
    this.#clock = clock
    this.#log = log
  }

  ports(up: readonly string[], down: readonly string[] = []): void {
    for (const id of down) this.#ports.set(id, 'down')
    for (const id of up) this.#ports.set(id, 'up')
    this.#schedule(0)
  }

  /** All routers that are active on this host. */
  routers(active: readonly string[]): void {
    this.#routers = [...active]
    this.#schedule(0)
  }

  /** Sends what is waiting now; throws nothing. */
  async flush(): Promise<void> {
    this.#cancel?.()
    this.#cancel = undefined
    await this.#sending
    this.#sending = this.#send()
    await this.#sending
  }

  stop(): void {
    this.#stopped = true
    this.#cancel?.()
  }

  #schedule(delayMs: number): void {
    if (this.#stopped || this.#cancel !== undefined) return
    this.#cancel = soon(this.#clock, delayMs, () => { void this.flush() })
  }

  async #send(): Promise<void> {
    const ports = this.#ports
    const routers = this.#routers
    this.#ports = new Map()
    this.#routers = undefined
    try {
      if (ports.size > 0) {
        const ids = (state: 'up' | 'down') => [...ports].filter(([, value]) => value === state).map(([id]) => id)
        await this.#target.reportPorts({ host: this.#host, up: ids('up'), down: ids('down') })
        ports.clear()
      }
      if (routers !== undefined) await this.#target.reportRouters({ host: this.#host, active: routers })
    } catch (error) {
      this.#log.warn({ err: error, host: this.#host }, 'the control plane did not take the report of ports; it is sent again')
      this.#ports = new Map([...ports, ...this.#ports])
      this.#routers ??= routers
      this.#schedule(RETRY_MS)
    }
  }
}
