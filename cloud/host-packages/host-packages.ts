/**
 * Programs that the host's package manager brings (QEMU, libvirt, dnsmasq, MariaDB for tests …). A caller lists
 * what it needs, each with the reason a user is told; what is there already costs one `dpkg-query`.
 *
 *     await ensureHostPackages([{ name: 'dnsmasq-base', reason: 'answers DHCP in tenant networks' }])
 *
 * Installing needs root and apt. Where one of them is missing, `Refusal` says the exact command to run instead.
 */
import type { HostPackage } from '#core/host/host-package.ts'
import { ProgramFailed, run, which } from '#core/host/run.ts'
import type { Log } from '#core/log/log.ts'
import { Refusal } from '../refusal.ts'
import { withPackageLock } from './package-lock.ts'
import { withoutDaemonStarts } from './policy-rc.ts'

export interface InstallOptions {
  log?: Log
  /** Hears one line per step; default writes to standard error. */
  progress?: (line: string) => void
}

const LOCK_WAIT = 'DPkg::Lock::Timeout=600'
const INSTALL_TIMEOUT_MS = 20 * 60_000

/** Installs what is missing of `wanted`; answers the names it installed. Throws `Refusal`. */
export async function ensureHostPackages(wanted: HostPackage[], options: InstallOptions = {}): Promise<string[]> {
  const missing = await missingHostPackages(wanted)
  if (missing.length === 0) return []
  await refuseWhereImpossible(missing)
  const progress = options.progress ?? ((line: string) => { process.stderr.write(`${line}\n`) })
  return await withPackageLock(async () => {
    // Another process may have installed them while this one waited.
    const still = await missingHostPackages(missing)
    if (still.length === 0) return []
    progress(`Installing ${still.length} host package${still.length === 1 ? '' : 's'}:`)
    for (const { name, reason } of still) progress(`  ${name}: ${reason}`)
    const started = performance.now()
    await withoutDaemonStarts(async () => { await install(still.map(({ name }) => name), options.log, progress) })
    progress(`Host packages are in place (${Math.round((performance.now() - started) / 1000)} s).`)
    return still.map(({ name }) => name)
  })
}

/** Those of `wanted` that are not installed and configured. On a host without dpkg: all. */
export async function missingHostPackages(wanted: HostPackage[]): Promise<HostPackage[]> {
  if (wanted.length === 0) return []
  if (await which('dpkg-query') === undefined) return wanted
  const { stdout } = await run('dpkg-query', ['--show', '--showformat', '${db:Status-Status} ${binary:Package}\n', ...wanted.map(({ name }) => name)], { okCodes: [0, 1] })
  const installed = installedPackages(stdout)
  return wanted.filter(({ name }) => !installed.has(name))
}

/** Reads `dpkg-query`'s lines; a foreign architecture's suffix (`libc6:amd64`) is dropped. */
export function installedPackages(listing: string): Set<string> {
  const names = listing.split('\n').filter((line) => line.startsWith('installed '))
  return new Set(names.map((line) => line.slice('installed '.length).replace(/:.*$/, '')))
}

/** The command a person would type for these packages. */
export function installCommand(packages: HostPackage[]): string {
  return `apt-get install -y --no-install-recommends ${packages.map(({ name }) => name).join(' ')}`
}

async function refuseWhereImpossible(missing: HostPackage[]): Promise<void> {
  const reasons = missing.map(({ name, reason }) => `  ${name}: ${reason}`).join('\n')
  if (await which('apt-get') === undefined) {
    throw new Refusal(`this host lacks programs, and it has no apt-get to install them with\n${reasons}`,
      'Install the same programs with your own package manager (the names are Debian 12\'s), then run this again.')
  }
  if (process.getuid?.() !== 0) {
    throw new Refusal(`this host lacks packages, and only root can install them\n${reasons}`, `sudo ${installCommand(missing)}`)
  }
}

/** Tries with the package lists that are there; refreshes them only when that fails. */
async function install(names: string[], log: Log | undefined, progress: (line: string) => void): Promise<void> {
  const args = ['-o', LOCK_WAIT, '-o', 'Acquire::Retries=3', '-o', 'Dpkg::Options::=--force-confold']
  const env = { DEBIAN_FRONTEND: 'noninteractive', NEEDRESTART_MODE: 'l' }
  const attempt = async (): Promise<void> => {
    await run('apt-get', [...args, 'install', '-y', '--no-install-recommends', ...names], { env, log, timeoutMs: INSTALL_TIMEOUT_MS })
  }
  try {
    await attempt()
  } catch {
    progress('  refreshing the package lists …')
    try {
      await run('apt-get', [...args, 'update'], { env, log, timeoutMs: INSTALL_TIMEOUT_MS })
      await attempt()
    } catch (error) {
      throw cannotInstall(names, error)
    }
  }
}

function cannotInstall(names: string[], error: unknown): Refusal {
  const said = error instanceof ProgramFailed ? error.message : String(error)
  return new Refusal(`host packages could not be installed: ${said}`,
    `See what apt says: apt-get update && apt-get install -y --no-install-recommends ${names.join(' ')}`, { cause: error })
}
