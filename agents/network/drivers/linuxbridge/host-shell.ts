/**
 * How the driver talks to the kernel: `ip` and `bridge` in batches, `nft` in transactions, each in the host's
 * namespace or in a named one. The host may itself be a namespace (a second host on one machine).
 */
import { readdir } from 'node:fs/promises'
import { run, runJson, ProgramFailed } from '#core/host/run.ts'
import type { Log } from '#core/log/log.ts'

export class HostShell {
  /** The namespace that is the host; undefined is the machine. */
  readonly netns: string | undefined
  readonly log: Log

  constructor(netns: string | undefined, log: Log) {
    this.netns = netns
    this.log = log
  }

  #into(ns: string | undefined): string[] {
    const target = ns ?? this.netns
    return target === undefined ? [] : ['-n', target]
  }

  async ip(args: readonly string[], ns?: string): Promise<string> {
    return (await run('ip', [...this.#into(ns), ...args], { log: this.log })).stdout
  }

  /** A device that has gone by itself meanwhile is fine. */
  async deleteLink(name: string, ns?: string): Promise<void> {
    try {
      await this.ip(['link', 'del', 'dev', name], ns)
    } catch (error) {
      if (!(error instanceof ProgramFailed) || !/Cannot find device|does not exist|Cannot open network namespace/.test(error.stderr)) throw error
    }
  }

  /** Empty when the device or namespace that was asked about is not there. */
  async ipJson<T>(args: readonly string[], ns?: string): Promise<T[]> {
    return await emptyWhenAbsent(runJson<T[]>('ip', [...this.#into(ns), '-j', ...args], { log: this.log }))
  }

  /** Several questions in one go: a started program costs more than the answer. */
  async ipJsonBatch(lines: readonly string[], ns?: string): Promise<unknown[][]> {
    const asked = run('ip', [...this.#into(ns), '-d', '-j', '-batch', '-'], { input: `${lines.join('\n')}\n`, log: this.log })
    return await emptyWhenAbsent(asked.then(({ stdout }) => stdout.split('\n').filter((line) => line.trim() !== '').map((line) => JSON.parse(line) as unknown[])))
  }

  /** Lines of `ip -batch`; the first that fails ends it. */
  async ipBatch(lines: readonly string[], ns?: string): Promise<void> {
    if (lines.length > 0) await run('ip', [...this.#into(ns), '-batch', '-'], { input: `${lines.join('\n')}\n`, timeoutMs: 120_000, log: this.log })
  }

  async bridgeJson<T>(args: readonly string[]): Promise<T[]> {
    return await emptyWhenAbsent(runJson<T[]>('bridge', [...this.#into(undefined), '-j', ...args], { log: this.log }))
  }

  /** Lines of `bridge -batch`, all tried: an entry that went by itself is no reason to leave out the others. */
  async bridgeBatch(lines: readonly string[]): Promise<void> {
    if (lines.length > 0) {
      await run('bridge', [...this.#into(undefined), '-force', '-batch', '-'], { input: `${lines.join('\n')}\n`, okCodes: [0, 1, 255], log: this.log })
    }
  }

  /** One nft transaction: all of it or nothing. */
  async nft(text: string, ns?: string): Promise<void> {
    await run('nft', ['-f', '-'], { input: text, netns: ns ?? this.netns, timeoutMs: 60_000, log: this.log })
  }

  /** True when a chain exists: how a loaded table is recognised. */
  async hasChain(family: string, table: string, chain: string, ns?: string): Promise<boolean> {
    const { code } = await run('nft', ['list', 'chain', family, table, chain], { netns: ns ?? this.netns, okCodes: [0, 1, 255], log: this.log })
    return code === 0
  }

  /** The table as text without counters; undefined when there is none. */
  async listTable(family: string, table: string, ns?: string): Promise<string | undefined> {
    const { code, stdout } = await run('nft', ['-s', 'list', 'table', family, table], { netns: ns ?? this.netns, okCodes: [0, 1, 255], log: this.log })
    return code === 0 ? stdout : undefined
  }

  async sysctl(values: Record<string, string | number>, ns?: string): Promise<void> {
    const args = Object.entries(values).map(([key, value]) => `${key}=${value}`)
    await run('sysctl', ['-q', '-w', ...args], { netns: ns ?? this.netns, log: this.log })
  }

  /** Those that this kernel has. */
  async readSysctls(keys: readonly string[], ns: string): Promise<Map<string, string>> {
    const { stdout } = await run('sysctl', ['-e', ...keys], { netns: ns, okCodes: [0, 1, 255], log: this.log })
    return new Map(stdout.split('\n').flatMap((line) => {
      const at = line.indexOf(' = ')
      return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 3).trim()] as const]
    }))
  }

  async run(program: string, args: readonly string[], ns?: string, okCodes: number[] = [0]): Promise<string> {
    return (await run(program, args, { netns: ns ?? this.netns, okCodes, log: this.log })).stdout
  }

  /** `ip netns …`: namespaces have names on the machine, whatever plays the host. */
  async netnsCommand(verb: 'add' | 'del', name: string): Promise<void> {
    await run('ip', ['netns', verb, name], { log: this.log })
  }

  /** Names of all network namespaces of the machine. */
  async namespaces(): Promise<Set<string>> {
    return new Set(await readdir('/run/netns').catch(() => []))
  }
}

async function emptyWhenAbsent<T>(answer: Promise<T[]>): Promise<T[]> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof ProgramFailed && /does not exist|Cannot find device|Cannot open network namespace|setting the network namespace|No such/i.test(error.stderr)) return []
    throw error
  }
}
