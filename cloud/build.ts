/**
 * The program as the control process runs it: bundled into a few files by rolldown, made anew when sources or packages
 * have changed. Two thousand modules found and linked one by one would cost most of a start and 30 MiB for its whole
 * life. What a bundle usually breaks is put right here: `import.meta` says where the source is, a worker thread's file
 * is a file of the bundle, and `sourcePlaces` (source-places.ts) tells stack traces in terms of the sources.
 */
import { createHash } from 'node:crypto'
import { accessSync, constants, existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rename, stat, symlink, writeFile } from 'node:fs/promises'
import http from 'node:http'
import { homedir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Plugin } from 'rolldown'
import { removePath } from '#core/host/files.ts'
import { repositoryRoot as ROOT } from './repository.ts'

const ROOMS = ['core', 'services', 'agents', 'cloud', 'tools']
/** What the control process starts as, in the sources and in the bundle. */
const ENTRY = join(ROOT, 'cloud', 'process.ts')
export const PROGRAM_FILE = 'process.js'
/** Packages that stay outside: native ones, which look for their library beside themselves, and what few clouds load. */
const OUTSIDE = ['better-sqlite3', 'bcrypt', 'mysql2', 'mysql2/promise', 'amqplib']

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

async function bundle(folder: string): Promise<void> {
  const { rolldown } = await import('rolldown')
  const build = await rolldown({ input: { process: ENTRY }, cwd: ROOT, platform: 'node', external: OUTSIDE, plugins: [sourcesSayWhereTheyAre, httpAlone] })
  await build.write({
    dir: folder, format: 'esm', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js', keepNames: true,
    sourcemap: 'hidden', sourcemapExcludeSources: true, comments: false,
    // One character beyond Latin-1 would make V8 keep a whole file with two bytes for each.
    minify: { compress: false, mangle: false, codegen: { removeWhitespace: false, asciiOnly: true } },
  })
  await build.close()
}

const WORKER = /new Worker\(new URL\('([^']+)', import\.meta\.url\)/g

/** Inside a bundle `import.meta` would tell of the bundle. */
const sourcesSayWhereTheyAre: Plugin = {
  name: 'sources say where they are',
  transform: {
    filter: { id: /\.ts$/, code: /import\.meta/ },
    handler(code, id) {
      const withWorkers = code.replaceAll(WORKER, (_, path: string) => {
        const worker = join(dirname(id), path)
        const fileName = `${relative(ROOT, worker).replaceAll('/', '-').replace(/\.ts$/, '')}.js`
        this.emitFile({ type: 'chunk', id: worker, fileName })
        return `new Worker(new URL('./${fileName}', import.meta.BUNDLE)`
      })
      const known = { url: pathToFileURL(id).href, dirname: dirname(id), filename: id, main: id === ENTRY }
      const placed = withWorkers.replaceAll(/import\.meta\.(url|dirname|filename|main)\b/g, (_, name: keyof typeof known) => JSON.stringify(known[name]))
      // Every line stays where it was: there is nothing to tell a source map.
      return { code: placed.replaceAll('import.meta.BUNDLE', 'import.meta.url'), map: null }
    },
  },
}

/**
 * Importing `node:http` looks at everything it exports, and that brings `fetch` and all that belongs to it: 50 ms and
 * 13 MiB in each thread, for what hardly any of them uses.
 */
const httpAlone: Plugin = {
  name: 'node:http without fetch',
  resolveId: { filter: { id: /^node:http$/ }, handler: (id, _importer, { kind }) => (kind === 'import-statement' ? `\0${id}` : undefined) },
  load: {
    filter: { id: /^\0node:http$/ },
    handler() {
      const plain = Object.entries(Object.getOwnPropertyDescriptors(http)).filter(([, property]) => 'value' in property).map(([name]) => name)
      return `export const { ${plain.join(', ')} } = process.getBuiltinModule('node:http')`
    },
  },
}

/** Command lines of all processes: a cloud that runs from an older bundle may yet load files from it. */
async function runningPrograms(): Promise<string> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  return (await Promise.all(pids.map(async (pid) => await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))).join('\n')
}

// The launcher makes it along with the packages, so that the first `nacre up` finds it.
if (import.meta.main) await builtProgram()
