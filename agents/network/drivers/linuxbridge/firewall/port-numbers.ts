/**
 * Small numbers that the firewall gives to ports (marks) and networks (conntrack zones). They are kept on disk: a
 * connection that is established lives in its zone, so a zone that changed with a restart would cut it.
 *
 * A mark is `cccc` (the cloud) `d` (0 from the guest, 1 to the guest) and 15 bits of port number:
 *     0xcccc_0nnn … 0xcccc_7fff   from    0xcccc_8nnn … 0xcccc_ffff   to
 */
import { join } from 'node:path'
import { readTextFile, writeFileAtomic } from '#core/host/files.ts'
import { stableNumber } from '../names.ts'

const MOST_PORTS = 0x7fff
const MOST_ZONES = 0xffff

export class PortNumbers {
  readonly #path: string
  #ports = new Map<string, number>()
  #zones = new Map<string, number>()
  #loaded = false
  #saved = ''

  constructor(stateDir: string) { this.#path = join(stateDir, 'firewall.json') }

  async load(): Promise<void> {
    if (this.#loaded) return
    this.#loaded = true
    const text = await readTextFile(this.#path)
    if (text === undefined) return
    const kept = JSON.parse(text) as { ports: Record<string, number>; zones: Record<string, number> }
    this.#ports = new Map(Object.entries(kept.ports))
    this.#zones = new Map(Object.entries(kept.zones))
    this.#saved = text
  }

  /** Numbers for exactly these ports and networks; those of others are given back. */
  assign(portIds: readonly string[], networkIds: readonly string[]): void {
    assign(this.#ports, portIds, MOST_PORTS)
    assign(this.#zones, networkIds, MOST_ZONES)
  }

  async save(): Promise<void> {
    const text = JSON.stringify({ ports: Object.fromEntries(this.#ports), zones: Object.fromEntries(this.#zones) })
    if (text === this.#saved) return
    await writeFileAtomic(this.#path, text)
    this.#saved = text
  }

  port(id: string): number { return this.#ports.get(id)! }

  zone(networkId: string): number { return this.#zones.get(networkId)! }
}

/** From 1 to `most`; begins at a number made from the id, so that it is likely the same again after a loss. */
function assign(map: Map<string, number>, ids: readonly string[], most: number): void {
  const wanted = new Set(ids)
  for (const id of map.keys()) if (!wanted.has(id)) map.delete(id)
  const taken = new Set(map.values())
  for (const id of ids) {
    if (map.has(id)) continue
    if (taken.size >= most) throw new Error(`more than ${most} filtered ports or networks on one host`)
    let number = 1 + stableNumber(id, most)
    while (taken.has(number)) number = number === most ? 1 : number + 1
    taken.add(number)
    map.set(id, number)
  }
}
