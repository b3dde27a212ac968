/**
 * A libvirtd of one's own. Every cloud state directory has its daemon with its own configuration, definitions, saved
 * memory and logs, so several clouds live side by side on a host, and beside the distribution's libvirt. libvirt's
 * paths are fixed, so the daemon runs in a private mount namespace where they are ours:
 *
 *     <stateDir>/libvirt/{etc,lib,log}  ⇒  /etc/libvirt  /var/lib/libvirt  /var/log/libvirt
 *     /run/nacre/<key>/libvirt          ⇒  /run/libvirt          key: 10 digits of a hash of stateDir
 *     /run/nacre/<key>/lib → <stateDir>/libvirt/lib              a short way to its sockets, whose paths may not be long
 *     /var/cache/nacre/libvirt          ⇒  /var/cache/libvirt    what emulators can do: seconds to find out, shared by all
 *
 * The daemons are nobody's children. Guests outlive them and they outlive the control plane; a daemon that is gone is
 * started again and finds its guests in these directories. The system bus is hidden from it: guests registered with
 * systemd-machined would collide between clouds, and die with the service.
 */
import { createHash, randomUUID } from 'node:crypto'
import { chmod, mkdir, readlink, rm, stat, symlink } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { readTextFile, removePath, writeFileAtomic, writeFileIfChanged } from '#core/host/files.ts'
import { run, which } from '#core/host/run.ts'
import type { Log } from '#core/log/log.ts'
import { HypervisorFault } from '../../errors.ts'
import { livingProgram } from './living-process.ts'
import { libvirtPrograms } from './packages.ts'

export interface LibvirtPaths { state: string; run: string; socket: string; serialSockets: string; domains: string }

export interface DaemonOptions {
  stateDir: string
  /** Network namespace the guests' taps shall be made in; default the host's own. */
  netns?: string
  /** Who guests run as. Default: `libvirt-qemu` where it can reach the state directory, else root. */
  qemuUser?: 'libvirt-qemu' | 'root'
  log: Log
}

export function libvirtPaths(stateDir: string): LibvirtPaths {
  const state = join(resolve(stateDir), 'libvirt')
  const run = join('/run/nacre', createHash('sha256').update(state).digest('hex').slice(0, 10))
  return { state, run, socket: join(run, 'libvirt/libvirt-sock'), serialSockets: join(run, 'serial'), domains: join(run, 'lib/qemu') }
}

/** Throws, naming the packages, when the host lacks something. */
export async function checkLibvirtHost(): Promise<void> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) throw new HypervisorFault('the libvirt driver needs Linux and root; use the fake driver otherwise')
  const missing = new Set<string>()
  for (const [program, from] of Object.entries(libvirtPrograms)) if (await which(program) === undefined) missing.add(from)
  if (missing.size > 0) throw new HypervisorFault(`the host lacks ${[...missing].join(', ')}; install them with apt-get install --no-install-recommends`)
}

/** Starts what does not run. Guests of an earlier life are found again. */
export async function ensureLibvirtDaemons(options: DaemonOptions): Promise<LibvirtPaths> {
  const paths = libvirtPaths(options.stateDir)
  if (await daemonPid(paths, 'libvirtd') !== undefined && await daemonPid(paths, 'virtlogd') !== undefined) return paths
  await layOut(paths, options)
  const needsLogger = await daemonPid(paths, 'virtlogd') === undefined
  const needsDaemon = await daemonPid(paths, 'libvirtd') === undefined
  const enter = options.netns === undefined ? [] : ['nsenter', `--net=/run/netns/${options.netns}`]
  const [program, ...args] = [...enter, 'unshare', '--mount', '--propagation', 'slave', 'sh', '-c', START, 'sh', paths.state, paths.run, needsLogger ? 'yes' : 'no', needsDaemon ? 'yes' : 'no', CAPABILITY_CACHE]
  await run(program!, args, { timeoutMs: 60_000, log: options.log })
  options.log.info({ socket: paths.socket, libvirtd: needsDaemon, virtlogd: needsLogger }, 'libvirt daemons started')
  return paths
}

const CAPABILITY_CACHE = '/var/cache/nacre/libvirt'

/** Everything here runs inside the new mount namespace. */
const START = `set -e
mount --bind "$1/etc" /etc/libvirt
mount --bind "$1/lib" /var/lib/libvirt
mount --bind "$1/log" /var/log/libvirt
mount --bind "$5" /var/cache/libvirt
mount --bind "$2/libvirt" /run/libvirt
mount --bind "$1/etc/hosts" /etc/hosts
if [ -d /run/dbus ]; then mount -t tmpfs -o size=4k,mode=755 none /run/dbus; fi
cd /
if [ "$3" = yes ]; then virtlogd --daemon --pid-file "$2/virtlogd.pid"; fi
if [ "$4" = yes ]; then libvirtd --daemon --pid-file "$2/libvirtd.pid"; fi`

async function layOut(paths: LibvirtPaths, options: DaemonOptions): Promise<void> {
  for (const folder of ['etc', 'lib', 'log']) await mkdir(join(paths.state, folder), { recursive: true, mode: 0o755 })
  for (const folder of [join(paths.run, 'libvirt'), paths.serialSockets]) await mkdir(folder, { recursive: true, mode: 0o755 })
  // Serial sockets are the console of a guest: root's alone. libvirtd opens them before it gives up its rights.
  await chmod(paths.serialSockets, 0o711)
  for (const mountPoint of [CAPABILITY_CACHE, '/etc/libvirt', '/var/lib/libvirt', '/var/log/libvirt', '/var/cache/libvirt', '/run/libvirt']) await mkdir(mountPoint, { recursive: true })
  const short = join(paths.run, 'lib')
  if (await readlink(short).catch(() => undefined) !== join(paths.state, 'lib')) {
    await rm(short, { force: true })
    await symlink(join(paths.state, 'lib'), short)
  }
  const user = options.qemuUser ?? (await reachableByOthers(options.stateDir) ? 'libvirt-qemu' : 'root')
  if (user === 'root') options.log.warn({ stateDir: options.stateDir }, 'guests run as root, because other users cannot reach the state directory; open it with chmod o+x')
  const etc = (name: string): string => join(paths.state, 'etc', name)
  const hostUuid = /host_uuid = "([^"]+)"/.exec(await readTextFile(etc('libvirtd.conf')) ?? '')?.[1] ?? randomUUID()
  await writeFileIfChanged(etc('libvirtd.conf'), libvirtdConf(hostUuid))
  await writeFileIfChanged(etc('qemu.conf'), await qemuConf(user), { mode: 0o600 })
  await writeFileIfChanged(etc('virtlogd.conf'), 'max_size = 1048576\nmax_backups = 1\n')
  // A name that only DNS could tell makes the daemon wait for DNS.
  const hosts = await readTextFile('/etc/hosts') ?? '127.0.0.1 localhost\n'
  await writeFileAtomic(etc('hosts'), hosts.split(/\s+/).includes(hostname()) ? hosts : `${hosts.trimEnd()}\n127.0.1.1 ${hostname()}\n`)
}

function libvirtdConf(hostUuid: string): string {
  return `listen_tls = 0
auth_unix_ro = "none"
auth_unix_rw = "none"
unix_sock_group = "root"
unix_sock_ro_perms = "0700"
unix_sock_rw_perms = "0700"
host_uuid = "${hostUuid}"
max_workers = 40
max_client_requests = 200
log_outputs = "3:file:/var/log/libvirt/libvirtd.log"
`
}

async function qemuConf(user: string): Promise<string> {
  return `security_driver = "none"
user = "${user}"
group = "${user === 'root' ? 'root' : 'kvm'}"
dynamic_ownership = 1
remember_owner = 0
namespaces = [ ]
cgroup_controllers = [ ${await cgroupsWork() ? '"cpu", "cpuacct", "cpuset", "memory", "blkio"' : ''} ]
stdio_handler = "logd"
`
}

/** Control groups may be absent or read-only, as in containers. */
async function cgroupsWork(): Promise<boolean> {
  const root = await stat('/sys/fs/cgroup/cpu').then(() => '/sys/fs/cgroup/cpu', () => '/sys/fs/cgroup')
  const probe = join(root, `nacre-probe-${process.pid}`)
  const { rmdir } = await import('node:fs/promises')
  return await mkdir(probe).then(() => rmdir(probe)).then(() => true, () => false)
}

/** Whether every folder on the way can be passed by others. */
async function reachableByOthers(path: string): Promise<boolean> {
  for (let at = resolve(path); ; at = dirname(at)) {
    const { mode } = await stat(at)
    if ((mode & 0o001) === 0) return false
    if (at === '/') return true
  }
}

/** The daemon's process id when it lives; an id that now belongs to another program does not count. */
async function daemonPid(paths: LibvirtPaths, daemon: 'libvirtd' | 'virtlogd'): Promise<number | undefined> {
  const pid = Number.parseInt(await readTextFile(join(paths.run, `${daemon}.pid`)) ?? '', 10)
  return await livingProgram(pid) === daemon ? pid : undefined
}

/** Ends both daemons, leaving guests and files as they are. */
export async function stopLibvirtDaemons(stateDir: string): Promise<void> {
  const paths = libvirtPaths(stateDir)
  for (const daemon of ['libvirtd', 'virtlogd'] as const) {
    const pid = await daemonPid(paths, daemon)
    if (pid === undefined) continue
    process.kill(pid, 'SIGTERM')
    for (let wait = 0; wait < 100 && await daemonPid(paths, daemon) !== undefined; wait++) await new Promise((done) => { setTimeout(done, 50) })
    if (await daemonPid(paths, daemon) === pid) process.kill(pid, 'SIGKILL')
  }
}

/** Ends the daemons and removes all they kept. Guests must be gone before. */
export async function removeLibvirtDaemons(stateDir: string): Promise<void> {
  await stopLibvirtDaemons(stateDir)
  const paths = libvirtPaths(stateDir)
  await removePath(paths.run)
  await removePath(paths.state)
}
