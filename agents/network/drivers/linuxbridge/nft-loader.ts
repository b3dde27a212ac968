/**
 * Loads a table into the kernel and keeps it there: the first time whole, afterwards by differences. The generation
 * chain tells what is loaded; its listing, remembered after the load, tells when somebody edited the rules by hand.
 */
import { createHash } from 'node:crypto'
import { ProgramFailed } from '#core/host/run.ts'
import type { HostShell } from './host-shell.ts'
import type { NftTable } from './nft-table.ts'

export class NftLoader {
  readonly #shell: HostShell
  readonly #ns: string | undefined
  #loaded: NftTable | undefined
  #listing: { generation: string; hash: string } | undefined

  constructor(shell: HostShell, ns?: string) {
    this.#shell = shell
    this.#ns = ns
  }

  get loaded(): NftTable | undefined { return this.#loaded }

  /**
   * Undefined when the kernel holds exactly this table, else what is wrong. `thorough` asks the kernel and reads the
   * rules; otherwise what was loaded last counts (nft takes its time to list a table of a thousand ports).
   */
  async problem(table: NftTable, thorough: boolean): Promise<string | undefined> {
    if (!thorough && this.#loaded !== undefined) {
      return this.#loaded.hash === table.hash ? undefined : `the table ${table.family} ${table.name} is not as wanted`
    }
    if (!await this.#shell.hasChain(table.family, table.name, table.generation, this.#ns)) {
      return this.#loaded === undefined ? `the table ${table.family} ${table.name} is not loaded` : `the table ${table.family} ${table.name} is not as wanted`
    }
    this.#loaded ??= table
    if (!thorough) return undefined
    const hash = await this.#hash(table)
    if (this.#listing?.generation === table.generation && this.#listing.hash !== hash) return `the table ${table.family} ${table.name} was changed by hand`
    this.#listing = { generation: table.generation, hash }
    return undefined
  }

  /** Loads what differs from the last load; anything unexpected becomes a whole, atomic replacement. */
  async load(table: NftTable): Promise<void> {
    const before = this.#loaded
    this.#loaded = undefined
    const difference = before === undefined || before.hash === table.hash ? undefined : table.difference(before)
    if (difference === undefined || !await this.#try(difference)) await this.#shell.nft(table.replacement(), this.#ns)
    this.#loaded = table
    this.#listing = undefined
  }

  async #try(text: string): Promise<boolean> {
    try {
      await this.#shell.nft(text, this.#ns)
      return true
    } catch (error) {
      if (!(error instanceof ProgramFailed)) throw error
      this.#shell.log.info({ stderr: error.stderr.slice(0, 400) }, 'a table did not take a difference; it is replaced as a whole')
      return false
    }
  }

  async #hash(table: NftTable): Promise<string> {
    const text = await this.#shell.listTable(table.family, table.name, this.#ns) ?? ''
    return createHash('sha256').update(text).digest('hex')
  }
}
