/**
 * The program as plain JavaScript. Node strips types by itself, but the stripper stays in memory for the life of the
 * process (tens of MiB); so the control process runs from a stripped copy of the sources, made when they have
 * changed. The copy mirrors the tree file by file, so paths, names and stack traces are those of the sources.
 */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { access, constants, copyFile, mkdir, mkdtemp, readdir, readFile, rename, stat, symlink, writeFile } from 'node:fs/promises'
import { stripTypeScriptTypes } from 'node:module'
import { homedir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { removePath } from '#core/host/files.ts'

const ROOT = join(import.meta.dirname, '..')
const ROOMS = ['core', 'services', 'agents', 'cloud', 'tools']

interface Source { path: string; size: number; mtimeMs: number }

/** Folder of the stripped copy that matches the sources as they are now. */
export async function builtProgram(): Promise<string> {
  // Already running from a copy: it is the program.
  if (import.meta.filename.endsWith('.js')) return ROOT
  const sources = await listSources()
  const key = keyOf(sources)
  const shared = join(ROOT, 'node_modules', '.cache', 'nacre', key)
  if (existsSync(shared)) return shared
  const folder = await isWritable(join(ROOT, 'node_modules')) ? shared : join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'nacre', 'program', key)
  if (existsSync(folder)) return folder
  await build(sources, folder)
  return folder
}

/** Somebody else's installation may be used by users who cannot write to it. */
async function isWritable(path: string): Promise<boolean> {
  return await access(path, constants.W_OK).then(() => true, () => false)
}

async function listSources(): Promise<Source[]> {
  const sources: Source[] = []
  for (const room of ROOMS) {
    for (const entry of await readdir(join(ROOT, room), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || entry.name.endsWith('.test.ts')) continue
      const path = join(entry.parentPath, entry.name)
      const { size, mtimeMs } = await stat(path)
      sources.push({ path: relative(ROOT, path), size, mtimeMs })
    }
  }
  return sources.sort((a, b) => (a.path < b.path ? -1 : 1))
}

function keyOf(sources: Source[]): string {
  const hash = createHash('sha256').update(process.version)
  for (const s of sources) hash.update(`${s.path}\0${s.size}\0${s.mtimeMs}\n`)
  return hash.digest('hex').slice(0, 24)
}

/** Writes beside and renames, so that a copy is whole or absent; older copies go. */
async function build(sources: Source[], folder: string): Promise<void> {
  const parent = dirname(folder)
  await mkdir(parent, { recursive: true })
  const fresh = await mkdtemp(join(parent, 'new-'))
  for (const { path } of sources) {
    const target = join(fresh, path)
    await mkdir(dirname(target), { recursive: true })
    if (path.endsWith('.ts')) await writeFile(target.replace(/\.ts$/, '.js'), strip(await readFile(join(ROOT, path), 'utf8')))
    else await copyFile(join(ROOT, path), target)
  }
  const { type, imports } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { type: string; imports: object }
  await writeFile(join(fresh, 'package.json'), JSON.stringify({ type, imports }))
  // Packages are found from wherever the copy lies.
  await symlink(join(ROOT, 'node_modules'), join(fresh, 'node_modules'))
  const old = (await readdir(parent)).filter((name) => !name.startsWith('new-') && name !== folder.split('/').at(-1))
  await rename(fresh, folder).catch(async (error: unknown) => {
    // Another command built the same copy meanwhile.
    await removePath(fresh)
    if (!existsSync(folder)) throw error
  })
  const inUse = await runningPrograms()
  for (const name of old) {
    const path = join(parent, name)
    if (!inUse.includes(path) && Date.now() - (await stat(path)).mtimeMs > 3_600_000) await removePath(path)
  }
}

/** Command lines of all processes: a cloud that runs from an older copy may yet load modules from it. */
async function runningPrograms(): Promise<string> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  return (await Promise.all(pids.map(async (pid) => await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))).join('\n')
}

/** Types out, and the names of modules as the copy has them. */
function strip(source: string): string {
  return stripTypeScriptTypes(source).replaceAll(/(['"`][^'"`\s]*)\.ts(['"`])/g, '$1.js$2')
}
