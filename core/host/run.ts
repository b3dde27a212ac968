/**
 * The only place that starts programs. A program is an argument array, never a shell string; it has a deadline,
 * a cap on what it may print, and leaves one log line. A program that fails throws `ProgramFailed` with its exit
 * code and the end of what it said, so the caller can decide and the user can be told.
 */
import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process'
import type { Log } from '#core/log/log.ts'

export interface RunOptions {
  /** Written to standard input, which is then closed. */
  input?: string | Buffer
  /** Default 30 s. On expiry the program is killed and `ProgramFailed` thrown with `timedOut`. */
  timeoutMs?: number
  env?: Record<string, string>
  cwd?: string
  /** Runs inside this network namespace (`ip netns exec`, or nsenter for one that is mounted elsewhere). */
  netns?: string
  /** Exit codes that are an answer rather than a failure. Default `[0]`. */
  okCodes?: number[]
  /** Bytes of output kept; more kills the program. Default 64 MiB. */
  maxOutputBytes?: number
  signal?: AbortSignal
  log?: Log
}

export interface RunResult { code: number; stdout: string; stderr: string }

export class ProgramFailed extends Error {
  override readonly name = 'ProgramFailed'
  readonly program: string
  readonly args: readonly string[]
  readonly code: number | null
  readonly stderr: string
  readonly timedOut: boolean

  constructor(program: string, args: readonly string[], code: number | null, stderr: string, timedOut: boolean, cause?: unknown) {
    const why = timedOut ? 'did not finish in time' : code === null ? 'could not run' : `ended with code ${code}`
    super(`${program} ${why}: ${stderr.trim().slice(-600) || 'it said nothing'}`, { cause })
    this.program = program
    this.args = args
    this.code = code
    this.stderr = stderr
    this.timedOut = timedOut
  }
}

/** Directories a root daemon's PATH may lack. */
const SYSTEM_PATH = '/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin'

function programEnv(extra: Record<string, string> = {}): Record<string, string> {
  return { LC_ALL: 'C.UTF-8', HOME: process.env['HOME'] ?? '/root', ...pick(['TMPDIR', 'TERM', 'DEBIAN_FRONTEND', 'http_proxy', 'https_proxy', 'no_proxy']), PATH: SYSTEM_PATH, ...extra }
}

function pick(names: string[]): Record<string, string> {
  const found: Record<string, string> = {}
  for (const name of names) {
    const value = process.env[name]
    if (value !== undefined) found[name] = value
  }
  return found
}

function inNamespace(program: string, args: readonly string[], netns?: string): [string, readonly string[]] {
  return netns === undefined ? [program, args] : ['ip', ['netns', 'exec', netns, program, ...args]]
}

/** Runs a program to its end and answers what it printed. Throws `ProgramFailed`. */
export async function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const [file, argv] = inNamespace(program, args, options.netns)
  const started = performance.now()
  const result = await collect(program, args, spawn(file, argv as string[], {
    cwd: options.cwd, env: programEnv(options.env), stdio: ['pipe', 'pipe', 'pipe'], signal: options.signal,
  }), options)
  options.log?.debug({ program, args, code: result.code, ms: Math.round(performance.now() - started), netns: options.netns }, 'program ended')
  if (!(options.okCodes ?? [0]).includes(result.code)) {
    throw new ProgramFailed(program, args, result.code, result.stderr || result.stdout, false)
  }
  return result
}

function collect(program: string, args: readonly string[], child: ChildProcess, options: RunOptions): Promise<RunResult> {
  const cap = options.maxOutputBytes ?? 64 * 1024 * 1024
  const out: Buffer[] = []
  const err: Buffer[] = []
  let bytes = 0
  let timedOut = false
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => { timedOut = true; child.kill('SIGKILL') }, options.timeoutMs ?? 30_000)
    const keep = (into: Buffer[]) => (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > cap) child.kill('SIGKILL')
      else into.push(chunk)
    }
    child.stdout?.on('data', keep(out))
    child.stderr?.on('data', keep(err))
    child.on('error', (error) => {
      clearTimeout(timer)
      reject(new ProgramFailed(program, args, null, error.message, false, error))
    })
    child.on('close', (code) => {
      clearTimeout(timer)
      const stdout = Buffer.concat(out).toString('utf8')
      const stderr = Buffer.concat(err).toString('utf8')
      if (timedOut || code === null) reject(new ProgramFailed(program, args, code, stderr, timedOut))
      else resolve({ code, stdout, stderr })
    })
    child.stdin?.on('error', () => {})
    child.stdin?.end(options.input ?? '')
  })
}

/** Runs a program that prints JSON (`ip -j`, `nft -j`, `qemu-img info --output=json`). Empty output is `[]`. */
export async function runJson<T>(program: string, args: readonly string[], options: RunOptions = {}): Promise<T> {
  const { stdout } = await run(program, args, options)
  return JSON.parse(stdout.trim() === '' ? '[]' : stdout) as T
}

/** True when the program exits 0. Never throws. */
export async function succeeds(program: string, args: readonly string[], options: RunOptions = {}): Promise<boolean> {
  try {
    await run(program, args, options)
    return true
  } catch {
    return false
  }
}

/** Starts a program that outlives the call (a daemon, a tail). The caller owns its end. */
export function start(program: string, args: readonly string[], options: Omit<SpawnOptions, 'env'> & { env?: Record<string, string>; netns?: string } = {}): ChildProcess {
  const { netns, env, ...rest } = options
  const [file, argv] = inNamespace(program, args, netns)
  return spawn(file, argv as string[], { stdio: ['ignore', 'pipe', 'pipe'], ...rest, env: programEnv(env) })
}

/** Absolute path of a program, or undefined when the host lacks it. */
export async function which(program: string): Promise<string | undefined> {
  const { access, constants } = await import('node:fs/promises')
  for (const folder of SYSTEM_PATH.split(':')) {
    const path = `${folder}/${program}`
    try {
      await access(path, constants.X_OK)
      return path
    } catch { /* look in the next folder */ }
  }
  return undefined
}
