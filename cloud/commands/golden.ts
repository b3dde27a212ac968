/** `nacre golden`: rewrites the generated facts in golden/. */
import { join } from 'node:path'
import { removePath, writeFileIfChanged } from '#core/host/files.ts'
import { commandLine } from '../command-line.ts'
import { EXIT } from '../refusal.ts'

export async function run(argv: string[]): Promise<number> {
  commandLine('golden', 'Rewrites golden/: API references, policy matrix, tables, options, errors, contracts.').parse(argv, { from: 'user' })
  const { goldenFiles, listGolden } = await import('#tools/golden/golden.ts')
  const folder = join(import.meta.dirname, '..', '..', 'golden')
  const files = await goldenFiles()
  let changed = 0
  for (const [name, text] of files) if (await writeFileIfChanged(join(folder, name), text)) changed += 1
  const stale = (await listGolden(folder)).filter((name) => !files.has(name))
  for (const name of stale) await removePath(join(folder, name))
  process.stdout.write(`${files.size} golden files, ${changed} rewritten, ${stale.length} removed\n`)
  return EXIT.ok
}
