/**
 * What a cloud is, on disk: a state folder with one settings file in it. The first `up` writes it; later ones read
 * it, so that `nacre up` alone always means the same cloud. Everything a cloud keeps is under this folder.
 *
 *     nacre.yaml policy.yaml     the operator's, optional
 *     cloud.json                 how the cloud was brought up
 *     secrets.json               passwords and keys (owner only)
 *     db/ images/ hosts/ logs/ run/
 */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { homedir, networkInterfaces } from 'node:os'
import { join, resolve } from 'node:path'
import { writeFileAtomic } from '#core/host/files.ts'
import { Misuse, Refusal } from './refusal.ts'

export type Hypervisor = 'libvirt' | 'fake'

export interface CloudSettings {
  hypervisor: Hypervisor
  /** First port of a row; null takes upstream's ports. */
  portBase: number | null
  /** Address the listeners listen on, and the name clients use. */
  listenHost: string
  publicHost: string
  /** `sqlite` or `mysql://user:password@host:port`. */
  database: string
  /** `memory` or `amqp://…`. */
  bus: string
  region: string
  /** Names what belongs to this cloud on the host: `[a-z0-9]`, at most 8 characters. */
  tag: string
  /** The default external network: its addresses; the first is the host's own. */
  externalCidr: string
  createdAt: string
}

const DEFAULT_SETTINGS: Omit<CloudSettings, 'tag' | 'externalCidr' | 'createdAt'> = {
  hypervisor: 'libvirt', portBase: null, listenHost: '127.0.0.1', publicHost: '127.0.0.1', database: 'sqlite', bus: 'memory', region: 'RegionOne',
}

export class StateFolder {
  readonly path: string
  constructor(path: string) { this.path = path }
  get settingsFile(): string { return join(this.path, 'cloud.json') }
  get secretsFile(): string { return join(this.path, 'secrets.json') }
  get configFile(): string { return join(this.path, 'nacre.yaml') }
  get policyFile(): string { return join(this.path, 'policy.yaml') }
  get runFile(): string { return join(this.path, 'run', 'cloud.json') }
  get logFile(): string { return join(this.path, 'logs', 'nacre.log') }
  get crashFile(): string { return join(this.path, 'logs', 'process.out') }
  get brokerFile(): string { return join(this.path, 'run', 'broker.txt') }
  get databaseFolder(): string { return join(this.path, 'db') }
  get hostFolder(): string { return join(this.path, 'host') }

  /** Settings of the cloud that lives here, or undefined when none was ever brought up. */
  read(): CloudSettings | undefined {
    if (!existsSync(this.settingsFile)) return undefined
    try {
      return JSON.parse(readFileSync(this.settingsFile, 'utf8')) as CloudSettings
    } catch (error) {
      throw new Refusal(`${this.settingsFile} cannot be read`, 'mend the file (it is JSON), or begin anew with `./nacre reset`', { cause: error })
    }
  }

  async write(settings: CloudSettings): Promise<void> {
    await writeFileAtomic(this.settingsFile, `${JSON.stringify(settings, null, 2)}\n`)
  }
}

/** `--state`, else `NACRE_STATE`, else root's or the user's usual place. */
export function stateFolder(option: string | undefined): StateFolder {
  // Out of a variable that is not set, perhaps; the usual place is not what was meant, and `reset` would delete it.
  if (option === '') throw new Misuse('--state names no folder', 'name one, or leave --state out for the usual place')
  const chosen = option ?? process.env['NACRE_STATE']
  if (chosen !== undefined && chosen !== '') return new StateFolder(resolve(chosen))
  if (process.getuid?.() === 0) return new StateFolder('/var/lib/nacre')
  return new StateFolder(join(process.env['XDG_STATE_HOME'] ?? join(homedir(), '.local', 'state'), 'nacre'))
}

/** A path as a shell takes it for one word. */
export function quoted(path: string): string {
  return /^[\w./@:+-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`
}

/** A command for this folder, as it is typed in the same shell: `./nacre up --state DIR`. */
export function typed(folder: StateFolder, ...words: string[]): string {
  const flag = folder.path === stateFolder(undefined).path ? [] : ['--state', quoted(folder.path)]
  return ['./nacre', ...words, ...flag].join(' ')
}

/** Fills in what only this machine can say: a tag no other cloud has, and free addresses for the outside. */
export function newSettings(folder: StateFolder, given: Partial<CloudSettings>): CloudSettings {
  const digest = createHash('sha256').update(folder.path).digest()
  const tag = folder.path === '/var/lib/nacre' ? 'nacre' : `n${digest.toString('hex').slice(0, 6)}`
  return { ...DEFAULT_SETTINGS, tag, externalCidr: freeExternalCidr(digest[0]!), createdAt: new Date().toISOString(), ...given }
}

/** A /24 of 172.24.0.0/16 that no interface of this host has; upstream's guides use 172.24.4.0/24. */
function freeExternalCidr(start: number): string {
  const used = new Set(Object.values(networkInterfaces()).flat().filter((a) => a?.family === 'IPv4' && a.address.startsWith('172.24.')).map((a) => Number(a!.address.split('.')[2])))
  for (const third of [4, ...Array.from({ length: 250 }, (_, at) => 1 + ((start + at) % 250))]) {
    if (!used.has(third)) return `172.24.${third}.0/24`
  }
  return '172.24.4.0/24'
}

/** The first address of the external network: the host's own, the guests' way out. */
export function externalGateway(settings: CloudSettings): { address: string; cidr: string } {
  const [network, prefix] = settings.externalCidr.split('/') as [string, string]
  const address = network.replace(/\d+$/, (last) => String(Number(last) + 1))
  return { address, cidr: `${address}/${prefix}` }
}
