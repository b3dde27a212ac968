/**
 * The program as the control process runs it: bundled (bundle.ts), made anew when sources or packages have changed.
 * Older bundles go when nothing runs from them.
 */
import { createHash } from 'node:crypto'
import { accessSync, constants, existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rename, stat, symlink, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { removePath } from '#core/host/files.ts'
import { repositoryRoot as ROOT } from './repository.ts'

const ROOMS = ['core', 'services', 'agents', 'cloud', 'tools']
/** What the control process is started as. */
export const PROGRAM_FILE = 'process.js'

/** Folder of the bundle that matches the sources as they are now. */
export async function builtProgram(): Promise<string> {
  const key = sourceKey()
  const shared = join(ROOT, 'node_modules', '.cache', 'nacre', key)
  if (existsSync(shared)) return shared
  const folder = isWritable(join(ROOT, 'node_modules')) ? shared : join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'nacre', 'program', key)
  if (!existsSync(folder)) await build(folder)
  return folder
}

/** Somebody else's installation may be used by users who cannot write to it. */
function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK)
    return true
  } catch {
    return false
  }
}

/** Changes with every source and package. Read at each start, so without the detours of promises: a third of the time. */
function sourceKey(): string {
  const hash = createHash('sha256').update(process.version).update(readFileSync(join(ROOT, 'package-lock.json')))
  const lines: string[] = []
  for (const room of ROOMS) {
    for (const entry of readdirSync(join(ROOT, room), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !entry.name.endsWith('.ts') || entry.name.endsWith('.test.ts')) continue
      const path = join(entry.parentPath, entry.name)
      const { size, mtimeMs } = statSync(path)
      lines.push(`${relative(ROOT, path)}\0${size}\0${mtimeMs}\n`)
    }
  }
  return hash.update(lines.sort().join('')).digest('hex').slice(0, 24)
}

/** Writes beside and renames, so that a bundle is whole or absent; older ones go. */
async function build(folder: string): Promise<void> {
  const parent = dirname(folder)
  await mkdir(parent, { recursive: true })
  const fresh = await mkdtemp(join(parent, 'new-'))
  const { bundle } = await import('./bundle.ts')
  await bundle(fresh)
  await writeFile(join(fresh, 'package.json'), '{ "type": "module" }\n')
  // What stays outside is found from wherever the bundle lies.
  await symlink(join(ROOT, 'node_modules'), join(fresh, 'node_modules'))
  const old = (await readdir(parent)).filter((name) => !name.startsWith('new-') && name !== folder.split('/').at(-1))
  await rename(fresh, folder).catch(async (error: unknown) => {
    // Another command built the same meanwhile.
    await removePath(fresh)
    if (!existsSync(folder)) throw error
  })
  const inUse = await runningPrograms()
  for (const name of old) {
    const path = join(parent, name)
    if (!inUse.includes(path) && Date.now() - (await stat(path)).mtimeMs > 3_600_000) await removePath(path)
  }
}

/** Command lines of all processes: a cloud that runs from an older bundle may yet load files from it. */
async function runningPrograms(): Promise<string> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  return (await Promise.all(pids.map(async (pid) => await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))).join('\n')
}

// The launcher makes it along with the packages, so that the first `nacre up` finds it.
if (import.meta.main) await builtProgram()
