/**
 * Bringing a cloud up and down in the background: what `up`, `down`, `demo`, `bench` and `reset` share. The control
 * process is detached from the terminal; servers outlive it.
 */
import { existsSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { statfs } from 'node:fs/promises'
import { start as startProgram } from '#core/host/run.ts'
import { builtProgram, PROGRAM_FILE } from './build.ts'
import { portsFor } from './catalog.ts'
import { ensureHostPackages } from './host-packages/host-packages.ts'
import { Refusal } from './refusal.ts'
import { readRunState, removeRunState, type RunState } from './run-file.ts'
import { newSettings, type CloudSettings, type StateFolder } from './settings.ts'

/**
 * A young generation that holds a whole reply of 500 networks: with less, its garbage grows old, which costs a fifth
 * more CPU and leaves a larger heap behind. What a load leaves is for quiet-memory.ts.
 */
const NODE_OPTIONS = ['--max-semi-space-size=16', '--expose-gc']
/** glibc: give back what password hashing borrowed, and keep one pool for all threads. */
const MEMORY = { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '1048576', MALLOC_TRIM_THRESHOLD_: '1048576' }
const READY_TIMEOUT_MS = 120_000
const MIN_FREE_MIB = 500

/** Starts the cloud of a folder unless it runs; answers when it serves requests. Throws `Refusal`. */
export async function bringUp(folder: StateFolder, given: Partial<CloudSettings>, say: (line: string) => void): Promise<{ state: RunState; settings: CloudSettings; started: boolean }> {
  const known = folder.read()
  const settings = known === undefined ? newSettings(folder, given) : { ...known, ...given }
  const running = await readRunState(folder)
  if (running !== undefined) {
    refuseOtherSettings(known!, settings)
    return { state: running, settings: known!, started: false }
  }
  await checkMachine(folder, settings, say)
  await checkPorts(settings)
  await folder.write(settings)
  await removeRunState(folder)
  return { state: await launch(folder), settings, started: true }
}

function refuseOtherSettings(known: CloudSettings, wanted: CloudSettings): void {
  for (const key of Object.keys(known) as (keyof CloudSettings)[]) {
    if (known[key] !== wanted[key]) throw new Refusal(`the cloud is already up with ${key} ${String(known[key])}, not ${String(wanted[key])}`, '`nacre down` first, then `nacre up` with the new option')
  }
}

async function checkMachine(folder: StateFolder, settings: CloudSettings, say: (line: string) => void): Promise<void> {
  try {
    mkdirSync(folder.path, { recursive: true })
  } catch (error) {
    throw new Refusal(`the state folder ${folder.path} cannot be made`, 'name one that is yours with --state DIR', { cause: error })
  }
  const { bavail, bsize } = await statfs(folder.path)
  const freeMiB = (bavail * bsize) / 1024 / 1024
  if (freeMiB < MIN_FREE_MIB) throw new Refusal(`only ${Math.round(freeMiB)} MiB are free under ${folder.path}; a cloud needs ${MIN_FREE_MIB}`, 'free some space, or put the cloud elsewhere with --state DIR')
  if (settings.hypervisor !== 'libvirt') return
  if (process.getuid?.() !== 0) {
    throw new Refusal('real servers need root: bridges, namespaces and QEMU are made on this machine', 'run it with sudo, or `nacre up --hypervisor fake` for a cloud that only answers (no root, no host packages)')
  }
  const [libvirt, network] = [await import('#agents/compute/drivers/libvirt/packages.ts'), await import('#agents/network/packages.ts')]
  await ensureHostPackages([...libvirt.libvirtPackages, ...network.networkPackages], { progress: say })
}

async function checkPorts(settings: CloudSettings): Promise<void> {
  for (const [name, port] of Object.entries(portsFor(settings.portBase ?? undefined))) {
    if (await isFree(settings.listenHost, port)) continue
    throw new Refusal(`port ${port} (${name}) is taken on ${settings.listenHost}`, `stop what listens there (ss -ltnp 'sport = :${port}'), or use another row of ports: --port-base 15000`)
  }
}

async function isFree(host: string, port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', (error: NodeJS.ErrnoException) => { resolve(error.code !== 'EADDRINUSE') })
    probe.listen(port, host, () => { probe.close(() => { resolve(true) }) })
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
  child.unref()
  let ended: number | null | undefined
  child.once('exit', (code) => { ended = code })
  const deadline = performance.now() + READY_TIMEOUT_MS
  while (performance.now() < deadline) {
    const state = existsSync(folder.runFile) ? await readRunState(folder) : undefined
    if (state !== undefined) return state
    if (ended !== undefined) break
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  const said = readFileSync(folder.crashFile, 'utf8').trim().split('\n').slice(-12).join('\n')
  throw new Refusal(`the cloud did not come up${ended === undefined ? ' in time' : ''}`, `read ${folder.logFile} and ${folder.crashFile}; its last words:\n${said}`)
}

/** Options of services may come by environment. */
function passedOn(): Record<string, string> {
  return Object.fromEntries(Object.entries(process.env).filter(([key, value]) => key.startsWith('NACRE_') && value !== undefined)) as Record<string, string>
}

/** Stops the control process; servers keep running. Answers whether one ran. */
export async function bringDown(folder: StateFolder, timeoutMs = 30_000): Promise<boolean> {
  const state = await readRunState(folder)
  if (state === undefined) return false
  process.kill(state.pid, 'SIGTERM')
  const deadline = performance.now() + timeoutMs
  while ((await readRunState(folder)) !== undefined || isAlive(state.pid)) {
    if (performance.now() > deadline) {
      process.kill(state.pid, 'SIGKILL')
      break
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  await removeRunState(folder)
  return true
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
