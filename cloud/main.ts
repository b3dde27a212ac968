/**
 * The `nacre` command. The first word names a file of `cloud/commands/`, imported only then, so that no command
 * pays for another's libraries. Each file exports `run(argv)`, parses its own options with commander, and answers
 * the exit code; the codes are listed in `refusal.ts`.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { explainError } from '#core/errors/errors.ts'
import { commands, type CommandEntry } from './commands.ts'
import { repositoryRoot } from './repository.ts'
import { EXIT, Misuse, Refusal } from './refusal.ts'
import { allTaken, whenNobodyReads } from './spoken.ts'

/** Runs one command line (without `node` and the script) and answers its exit code. Never throws. */
export async function main(argv: string[], table: Record<string, CommandEntry> = commands): Promise<number> {
  const [word, ...rest] = argv
  if (word === undefined || word === '--help' || word === '-h' || word === 'help') {
    process.stdout.write(overview(table))
    return word === undefined ? EXIT.usage : EXIT.ok
  }
  if (word === '--version' || word === '-V') {
    process.stdout.write(`Nacre ${version()}, OpenStack Zed\n`)
    return EXIT.ok
  }
  const entry = Object.hasOwn(table, word) ? table[word] : undefined
  if (entry === undefined) {
    process.stderr.write(unknownCommand(word, Object.keys(table)))
    return EXIT.usage
  }
  try {
    const command = await entry.load()
    return await command.run(rest)
  } catch (error) {
    return explain(word, error)
  }
}

function version(): string {
  return (JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8')) as { version: string }).version
}

/** Says an error in the way it deserves and answers the exit code for it. */
function explain(word: string, error: unknown): number {
  if (isUsageError(error)) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
  if (error instanceof Refusal) {
    const wayOut = error.wayOut.split('\n').join('\n           ')
    process.stderr.write(`nacre ${word}: ${error.message}\n  Way out: ${wayOut}\n`)
    return error instanceof Misuse ? EXIT.usage : EXIT.refused
  }
  if (isForeign(error)) {
    process.stderr.write(`nacre ${word}: ${explainError(error)}\n  Way out: run it as the one whose cloud it is (root, perhaps: sudo), or name a folder of your own with --state DIR\n`)
    return EXIT.refused
  }
  process.stderr.write(`nacre ${word} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  return EXIT.failed
}

/** Files and processes of a cloud are its owner's. */
function isForeign(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) if (['EACCES', 'EPERM'].includes((at as NodeJS.ErrnoException).code ?? '')) return true
  return false
}

/** Commander has already printed what is wrong (or the help that was asked for) when it throws. */
function isUsageError(error: unknown): error is { exitCode: number } {
  return error instanceof Error && String((error as { code?: unknown }).code).startsWith('commander.')
}

function overview(table: Record<string, CommandEntry>): string {
  const width = Math.max(...Object.keys(table).map((name) => name.length))
  const lines = Object.entries(table).map(([name, entry]) => `  ${name.padEnd(width)}  ${entry.summary}`)
  return `Usage: nacre <command> [options]

A whole OpenStack cloud as one program.

Commands:
${lines.join('\n')}

\`nacre <command> --help\` tells a command's options, \`nacre --version\` the version.
Exit codes: 0 done; 1 something failed; 2 the command line is wrong; 3 the machine lacks something; 130 interrupted; 141 nobody reads on.
`
}

function unknownCommand(word: string, names: string[]): string {
  const near = names.map((name) => ({ name, distance: editDistance(word, name) }))
    .filter(({ name, distance }) => distance <= Math.max(1, Math.floor(name.length / 3)) || name.startsWith(word))
    .toSorted((a, b) => a.distance - b.distance)
    .map(({ name }) => name)
  const hint = near.length > 0 ? `Did you mean: ${near.join(', ')}?` : `Commands: ${names.join(', ')}`
  return `nacre: there is no command '${word}'\n  ${hint}\n  \`nacre --help\` lists what each does.\n`
}

/** Levenshtein distance; names are short, so the plain table will do. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const substitute = previous[column - 1]! + (a[row - 1] === b[column - 1] ? 0 : 1)
      current.push(Math.min(previous[column]! + 1, current[column - 1]! + 1, substitute))
    }
    previous = current
  }
  return previous[b.length]!
}

if (import.meta.main) {
  whenNobodyReads(() => process.exit(EXIT.unread))
  const code = await main(process.argv.slice(2))
  await allTaken()
  process.exit(code)
}
