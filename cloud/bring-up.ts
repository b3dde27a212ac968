/**
 * Bringing a cloud up and down in the background: what `up`, `down`, `demo`, `bench` and `reset` share. The control
 * process is detached from the terminal; servers outlive it.
 */
import { accessSync, chmodSync, closeSync, constants, existsSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { statfs } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
import { removePath } from '#core/host/files.ts'
import { start as startProgram } from '#core/host/run.ts'
import { builtProgram, PROGRAM_FILE } from './build.ts'
import { portsFor } from './catalog.ts'
import { checkDatabases } from './engines.ts'
import { alone, isHeld } from './folder-lock.ts'
import { ensureHostPackages } from './host-packages/host-packages.ts'
import { Refusal } from './refusal.ts'
import { readRunState, removeRunState, startTicksOf, type RunState } from './run-file.ts'
import { newSettings, typed, type CloudSettings, type StateFolder } from './settings.ts'

/**
 * A young generation that holds a whole reply of 500 networks: with less, its garbage grows old, which costs a fifth
 * more CPU and leaves a larger heap behind. What a load leaves is for quiet-memory.ts.
 */
const NODE_OPTIONS = ['--max-semi-space-size=16', '--expose-gc']
/** glibc: give back what password hashing borrowed, and keep one pool for all threads. */
const MEMORY = { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '1048576', MALLOC_TRIM_THRESHOLD_: '1048576' }
const READY_TIMEOUT_MS = 120_000
const MIN_FREE_MIB = 500

type BroughtUp = { state: RunState; settings: CloudSettings; started: boolean }

/** Starts the cloud of a folder unless it runs; answers when it serves requests. Throws `Refusal`. */
export async function bringUp(folder: StateFolder, given: Partial<CloudSettings>, say: (line: string) => void): Promise<BroughtUp> {
  makeFolder(folder.path)
  // Hashes of passwords, sealed secrets, who did what: nobody else's to read.
  for (const path of [folder.databaseFolder, dirname(folder.logFile)]) {
    mkdirSync(path, { recursive: true, mode: 0o700 })
    chmodSync(path, 0o700)
  }
  return await alone(folder.path, READY_TIMEOUT_MS, async () => await bringUpAlone(folder, given, say))
}

async function bringUpAlone(folder: StateFolder, given: Partial<CloudSettings>, say: (line: string) => void): Promise<BroughtUp> {
  const known = folder.read()
  const settings = known === undefined ? newSettings(folder, given) : { ...known, ...given }
  const running = await answeringCloud(folder)
  if (running !== undefined) {
    refuseOtherSettings(folder, known!, settings)
    return { state: running, settings: known!, started: false }
  }
  await checkMachine(folder, settings, say)
  await checkPorts(settings)
  if (known === undefined) await checkDatabases(folder, settings)
  await folder.write(settings)
  await removeRunState(folder)
  try {
    return { state: await launch(folder), settings, started: true }
  } catch (error) {
    // Nothing was chosen by a cloud that never came up: the next `up` begins where this one did.
    if (known === undefined) await removePath(folder.settingsFile)
    else await folder.write(known)
    throw error
  }
}

/**
 * The cloud that runs here and answers. One that was just killed takes a while to be gone, and one whose `up` was
 * interrupted comes up without it: both are waited for.
 */
async function answeringCloud(folder: StateFolder): Promise<RunState | undefined> {
  const deadline = performance.now() + READY_TIMEOUT_MS
  for (;;) {
    const state = await readRunState(folder)
    if (state === undefined && !(await isHeld(folder.path, 'serve'))) return undefined
    if (state !== undefined && await answers(state)) return state
    if (performance.now() > deadline) throw new Refusal(`a cloud runs in ${folder.path}${state === undefined ? '' : ` (process ${state.pid})`}, and it does not answer`, `\`${typed(folder, 'down')}\`, which ends it, then bring it up again; ${folder.logFile} says what it was doing`)
    await setTimeout(20)
  }
}

async function answers(state: RunState): Promise<boolean> {
  return await fetch(`${state.operatorUrl}/`, { signal: AbortSignal.timeout(10_000) }).then(async (reply) => { await reply.body?.cancel(); return true }, () => false)
}

function refuseOtherSettings(folder: StateFolder, known: CloudSettings, wanted: CloudSettings): void {
  for (const key of Object.keys(known) as (keyof CloudSettings)[]) {
    if (known[key] !== wanted[key]) throw new Refusal(`the cloud is already up with ${key} ${String(known[key])}, not ${String(wanted[key])}`, `\`${typed(folder, 'down')}\` first, then \`./nacre up\` with the new option`)
  }
}

/** Made step by step: where a parent is no folder, or lets none be made in it, that is said. */
function makeFolder(path: string): void {
  if (existsSync(path)) {
    if (!statSync(path).isDirectory()) throw new Refusal(`${path} is a file, and a cloud needs a folder`, 'name a folder with --state DIR')
    try {
      accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK)
    } catch (error) {
      throw new Refusal(`the state folder ${path} is not yours to write in`, 'run it as its owner, or name another with --state DIR', { cause: error })
    }
    return
  }
  try {
    makeParents(path)
  } catch (error) {
    throw new Refusal(`the state folder ${path} cannot be made: ${(error as Error).message}`, 'name one that is yours with --state DIR', { cause: error })
  }
}

function makeParents(path: string): void {
  if (existsSync(path)) return
  makeParents(dirname(path))
  try {
    mkdirSync(path)
  } catch (error) {
    // Another command may have been quicker.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

async function checkMachine(folder: StateFolder, settings: CloudSettings, say: (line: string) => void): Promise<void> {
  const { bavail, bsize } = await statfs(folder.path)
  const freeMiB = (bavail * bsize) / 1024 / 1024
  if (freeMiB < MIN_FREE_MIB) throw new Refusal(`only ${Math.round(freeMiB)} MiB are free under ${folder.path}; a cloud needs ${MIN_FREE_MIB}`, 'free some space, or put the cloud elsewhere with --state DIR')
  if (settings.hypervisor !== 'libvirt') return
  if (process.getuid?.() !== 0) {
    throw new Refusal('real servers need root: bridges, namespaces and QEMU are made on this machine', 'run it with sudo, or `./nacre up --hypervisor fake` for a cloud that only answers (no root, no host packages)')
  }
  const [libvirt, network] = [await import('#agents/compute/drivers/libvirt/packages.ts'), await import('#agents/network/packages.ts')]
  await ensureHostPackages([...libvirt.libvirtPackages, ...network.networkPackages], { progress: say })
}

async function checkPorts(settings: CloudSettings): Promise<void> {
  for (const [name, port] of Object.entries(portsFor(settings.portBase ?? undefined))) {
    const fault = await listenFault(settings.listenHost, port)
    if (fault === undefined) continue
    if (fault.code === 'EADDRINUSE') throw new Refusal(`port ${port} (${name}) is taken on ${settings.listenHost}`, `stop what listens there (ss -ltnp 'sport = :${port}'), or use another row of ports: --port-base 15000`)
    if (fault.code === 'EADDRNOTAVAIL') throw new Refusal(`this machine does not have the address ${settings.listenHost}`, '`ip -brief address` lists those it has; --host takes one of them, or 0.0.0.0 for all')
    throw new Refusal(`nothing can listen on ${settings.listenHost}, port ${port} (${name}): ${fault.message}`, 'choose another address with --host, or another row of ports with --port-base 15000')
  }
}

/** Why nothing can listen there; undefined when something can. */
async function listenFault(host: string, port: number): Promise<NodeJS.ErrnoException | undefined> {
  return await new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', (error: NodeJS.ErrnoException) => { resolve(error) })
    probe.listen(port, host, () => { probe.close(() => { resolve(undefined) }) })
  })
}

/** Starts the control process and waits for its run file. */
async function launch(folder: StateFolder): Promise<RunState> {
  mkdirSync(dirname(folder.crashFile), { recursive: true })
  const out = openSync(folder.crashFile, 'w')
  const program = await builtProgram()
  const child = startProgram(process.execPath, [...NODE_OPTIONS, join(program, PROGRAM_FILE), folder.path], {
    detached: true, stdio: ['ignore', out, out], env: { ...passedOn(), ...MEMORY, NODE_COMPILE_CACHE: join(program, '.compiled') },
  })
  closeSync(out)
  child.unref()
  let ended: number | null | undefined
  child.once('exit', (code) => { ended = code })
  const deadline = performance.now() + READY_TIMEOUT_MS
  while (performance.now() < deadline) {
    const state = existsSync(folder.runFile) ? await readRunState(folder) : undefined
    if (state !== undefined) return state
    if (ended !== undefined) break
    await setTimeout(20)
  }
  // Too late is too late: it must not come up after this was said.
  if (ended === undefined) child.kill('SIGKILL')
  // The places in the program are for whoever mends it: they stay in the file.
  const said = readFileSync(folder.crashFile, 'utf8').trim().split('\n').filter((line) => !/^\s+at /.test(line)).slice(0, 12).join('\n')
  throw new Refusal(`the cloud did not come up${ended === undefined ? ' in time' : ''}`, `read ${folder.logFile} and ${folder.crashFile}; its last words:\n${said}`)
}

/** These are in the settings file by now, with the passwords in them. */
const CHOSEN = ['NACRE_DATABASE', 'NACRE_BUS']

/** Options of services may come by environment. */
function passedOn(): Record<string, string> {
  return Object.fromEntries(Object.entries(process.env).filter(([key, value]) => key.startsWith('NACRE_') && !CHOSEN.includes(key) && value !== undefined)) as Record<string, string>
}

/** Stops the control process; servers keep running. Answers whether one ran. */
export async function bringDown(folder: StateFolder, timeoutMs = 30_000): Promise<boolean> {
  return await alone(folder.path, READY_TIMEOUT_MS, async () => await bringDownAlone(folder, timeoutMs))
}

async function bringDownAlone(folder: StateFolder, timeoutMs: number): Promise<boolean> {
  const state = await readRunState(folder)
  if (state === undefined) return false
  process.kill(state.pid, 'SIGTERM')
  const deadline = performance.now() + timeoutMs
  while (startTicksOf(state.pid) === state.startTicks) {
    if (performance.now() > deadline) {
      process.kill(state.pid, 'SIGKILL')
      break
    }
    await setTimeout(20)
  }
  await removeRunState(folder)
  return true
}
