/**
 * What tells the driver that the host changed: the kernel's link messages (one `ip monitor` kept running) and the
 * folder of namespaces. Both only say "look"; what is wrong is found by comparing.
 */
import { watch, type FSWatcher } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import type { ChildProcess } from 'node:child_process'
import { start } from '#core/host/run.ts'
import type { Log } from '#core/log/log.ts'

export interface LinkEvent { name: string; deleted: boolean; up: boolean; master: string | undefined }

/** Reads one line of `ip -o monitor link`; undefined when it is about something else. */
export function readLinkEvent(line: string): LinkEvent | undefined {
  const match = /^(?:\[[^\]]*\])?(Deleted )?\d+: ([^:@\s]+)(?:@[^:]*)?: <([^>]*)>(.*)$/.exec(line)
  if (match === null) return undefined
  const master = / master (\S+)/.exec(match[4]!)?.[1]
  return { name: match[2]!, deleted: match[1] !== undefined, up: match[3]!.split(',').includes('UP'), master }
}

const NAMESPACES = '/run/netns'
const RESTART_MS = 1_000

export class HostWatch {
  readonly #netns: string | undefined
  readonly #log: Log
  readonly #onLink: (event: LinkEvent) => void
  readonly #onNamespace: (name: string) => void
  #monitor: ChildProcess | undefined
  #folder: FSWatcher | undefined
  #stopped = false

  constructor(netns: string | undefined, log: Log, onLink: (event: LinkEvent) => void, onNamespace: (name: string) => void) {
    this.#netns = netns
    this.#log = log
    this.#onLink = onLink
    this.#onNamespace = onNamespace
  }

  async start(): Promise<void> {
    this.#startMonitor()
    await mkdir(NAMESPACES, { recursive: true })
    this.#folder = watch(NAMESPACES, (_kind, name) => { if (name !== null) this.#onNamespace(name) })
    this.#folder.on('error', (error) => { this.#log.warn({ err: error }, 'the folder of namespaces cannot be watched; the timer looks after them') })
  }

  stop(): void {
    this.#stopped = true
    this.#monitor?.kill()
    this.#folder?.close()
  }

  #startMonitor(): void {
    if (this.#stopped) return
    const args = [...(this.#netns === undefined ? [] : ['-n', this.#netns]), '-o', 'monitor', 'link']
    const child = start('ip', args, { stdio: ['ignore', 'pipe', 'ignore'] })
    this.#monitor = child
    createInterface({ input: child.stdout! }).on('line', (line) => {
      const event = readLinkEvent(line)
      if (event !== undefined) this.#onLink(event)
    })
    child.on('error', (error) => { this.#log.warn({ err: error }, 'ip monitor could not start') })
    child.on('close', () => { if (!this.#stopped) setTimeout(() => { this.#startMonitor() }, RESTART_MS).unref() })
  }
}
