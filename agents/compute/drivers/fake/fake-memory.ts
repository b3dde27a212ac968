/**
 * What the fake hypervisor remembers: a map of guests, and with a file behind it a journal of one JSON line a change,
 * so that a restarted agent finds its guests as it would find real ones. Appending a line costs microseconds; the
 * journal is rewritten at every open.
 */
import { appendFileSync, closeSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { NicSpec, PowerStateType, ServerSpecType } from '#services/compute/agent/compute-agent.contract.ts'

export interface FakeGuest {
  spec: ServerSpecType
  powerState: PowerStateType
  nics: NicSpec[]
  /** Boots so far: the console tells of each. */
  boots: number
  startedAt: number
  /** What its boot sector says; null: it says nothing; absent: nobody has asked. */
  sectorText?: string | null
  adminPasswordSetFor?: string
}

export class FakeMemory {
  readonly guests = new Map<string, FakeGuest>()
  readonly #file: number | undefined

  constructor(path?: string) {
    if (path === undefined) return
    mkdirSync(dirname(path), { recursive: true })
    for (const line of readLines(path)) this.#apply(line)
    const compact = [...this.guests].map(([id, guest]) => `${JSON.stringify([id, guest])}\n`).join('')
    writeFileSync(`${path}.tmp`, compact)
    renameSync(`${path}.tmp`, path)
    this.#file = openSync(path, 'a')
  }

  put(serverId: string, guest: FakeGuest): void {
    this.guests.set(serverId, guest)
    if (this.#file !== undefined) appendFileSync(this.#file, `${JSON.stringify([serverId, guest])}\n`)
  }

  delete(serverId: string): void {
    if (!this.guests.delete(serverId)) return
    if (this.#file !== undefined) appendFileSync(this.#file, `${JSON.stringify([serverId, null])}\n`)
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file)
  }

  #apply(line: string): void {
    const [id, guest] = JSON.parse(line) as [string, FakeGuest | null]
    if (guest === null) this.guests.delete(id)
    else this.guests.set(id, guest)
  }
}

/** Whole lines only: a crash may have cut the last one. */
function readLines(path: string): string[] {
  try {
    const text = readFileSync(path, 'utf8')
    return text.slice(0, text.lastIndexOf('\n') + 1).split('\n').filter((line) => line !== '')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
