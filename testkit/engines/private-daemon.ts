/**
 * A daemon for the time of a test run: in a folder of its own under the temporary directory, on a port of its own,
 * under an unprivileged user when root runs the tests. It tells that it is ready by a line of its output, is killed
 * by `stop`, and by the kernel if the test run dies without a word (`setpriv --pdeathsig`). Its data is thrown away,
 * so nobody waits for it to end nicely.
 */
import { once } from 'node:events'
import { chown, mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { start } from '#core/host/run.ts'
import { PATIENCE_MS } from '../patience.ts'

/** Debian's `nobody` and `nogroup`: the daemons' user when root runs the tests. */
const NOBODY = 65_534
const READY_TIMEOUT_MS = PATIENCE_MS

export interface DaemonSpec {
  program: string
  args: string[]
  env?: Record<string, string>
  /** Working folder; it must belong to the daemon's user (`privateFolder` makes such). */
  folder: string
  /** Written to its standard input, which is then closed. */
  input?: string
  /** Ready when its output holds this; absent: ready when it has ended with code 0. */
  readyText?: string
}

export interface Daemon {
  /** Resolves when the daemon ends, however it ends. */
  ended: Promise<unknown>
  stop(): Promise<void>
}

export class DaemonFailed extends Error {
  override readonly name = 'DaemonFailed'
}

/** A new empty folder that the daemon's user owns. */
export async function privateFolder(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `nacre-${name}-`))
  await giveToDaemon(folder)
  return folder
}

/** Hands a file or folder to the user that daemons run as. */
export async function giveToDaemon(path: string): Promise<void> {
  if (process.getuid?.() === 0) await chown(path, NOBODY, NOBODY)
}

/** Starts a daemon and waits until it is ready. Throws `DaemonFailed` with the end of its output. */
export async function startDaemon(spec: DaemonSpec): Promise<Daemon> {
  const asNobody = process.getuid?.() === 0 ? [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'] : []
  const child = start('setpriv', [...asNobody, '--pdeathsig=KILL', spec.program, ...spec.args],
    { env: spec.env, cwd: spec.folder, stdio: ['pipe', 'pipe', 'pipe'] })
  const ended = once(child, 'close')
  ended.catch(() => {})
  child.stdin?.on('error', () => {})
  child.stdin?.end(spec.input ?? '')
  const output = new OutputWatch(spec.readyText)
  child.stdout?.on('data', (chunk: Buffer) => output.add(chunk))
  child.stderr?.on('data', (chunk: Buffer) => output.add(chunk))
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL')
    await ended.catch(() => {})
  }
  const timer = setTimeout(() => { child.kill('SIGKILL') }, READY_TIMEOUT_MS)
  try {
    const code = await Promise.race([output.ready, ended.then(([exit]) => exit as number | null)])
    if (spec.readyText === undefined ? code !== 0 : code !== 'ready') {
      throw new DaemonFailed(`${spec.program} ended with ${code} before it was ready:\n${output.tail}`)
    }
    return { ended, stop }
  } finally {
    clearTimeout(timer)
  }
}

/** Keeps the end of the output and notices the text that means ready. */
class OutputWatch {
  tail = ''
  readonly ready: Promise<'ready'>
  readonly #text: string | undefined
  #seen = (): void => {}

  constructor(text: string | undefined) {
    this.#text = text
    this.ready = new Promise((resolve) => { this.#seen = () => { resolve('ready') } })
  }

  add(chunk: Buffer): void {
    this.tail = (this.tail + chunk.toString('utf8')).slice(-4000)
    if (this.#text !== undefined && this.tail.includes(this.#text)) this.#seen()
  }
}

/**
 * A TCP port on loopback that is free now, below 32768 where the kernel takes ephemeral ports from. Somebody may
 * still take it before the daemon does; then the daemon fails to start and `withFreshPorts` tries others.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000)
    if (await isFree(port)) return port
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  try {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return (server.address() as AddressInfo).port === port
  } catch {
    return false
  } finally {
    server.close()
  }
}

/** Runs `begin` in a fresh private folder, up to three times with new ports; removes the folder of a failure. */
export async function withFreshPorts<T>(name: string, begin: (folder: string) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const folder = await privateFolder(name)
    try {
      return await begin(folder)
    } catch (error) {
      await rm(folder, { recursive: true, force: true })
      if (attempt === 3) throw error
    }
  }
}
