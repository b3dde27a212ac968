/**
 * The control process and all it imports, in a few files, by rolldown. Two thousand modules found and linked one by one
 * would cost most of a start and 30 MiB for its whole life. What a bundle usually breaks is put right here:
 * `import.meta` says where the source is, a worker thread's file is a file of the bundle, and `sourcePlaces`
 * (source-places.ts) tells stack traces in terms of the sources.
 */
import http from 'node:http'
import { dirname, join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { rolldown, type Plugin } from 'rolldown'
import { repositoryRoot as ROOT } from './repository.ts'

/** What becomes PROGRAM_FILE. */
const ENTRY = join(ROOT, 'cloud', 'process.ts')
/** Packages that stay outside: native ones, which look for their library beside themselves, and what few clouds load. */
const OUTSIDE = ['better-sqlite3', 'bcrypt', 'mysql2', 'mysql2/promise', 'amqplib']

/** Writes the bundle into this folder. */
export async function bundle(folder: string): Promise<void> {
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
