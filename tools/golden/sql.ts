/**
 * The SQL of every store method, as its engine gets it. Each is called on a database that only writes down what it is
 * asked, with arguments made from its types: the least it takes, and everything it takes; and with tables that hold
 * one of everything, or nothing, or what is about to be inserted. So a change of a query is seen in review, and a
 * query that SQLite's tables do not fit is found here.
 */
import { readdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type SqliteDatabase from 'better-sqlite3'
import { loadConfig } from '#core/config/config.ts'
import { readTextFile } from '#core/host/files.ts'
import type { Engine, NamedMigration } from '#core/db/database.ts'
import { outboxMigration } from '#core/db/outbox.ts'
import { operationsMigration } from '#core/operations/store.ts'
import { Policy } from '#core/policy/policy.ts'
import { quotaMigration } from '#core/quota/quota.ts'
import { silentLog } from '#core/log/log.ts'
import type { ServiceDefinition } from '#core/service/service.ts'
import { repositoryRoot } from '#cloud/repository.ts'
import { testIdentity } from '#testkit/tokens.ts'
import { madeUp, readModule, typeReader, Unmade, type Parameter, type SourceModule, type TypeReader, type Way } from './made-up.ts'
import { recordingDatabase, scratchDatabase, type Answers, type Recording, type RecordingDatabase } from './recording-database.ts'
import { CALLS, KNOWN_TYPES } from './sql-arguments.ts'

const CORE_STORES = ['core/db/outbox.ts', 'core/operations/store.ts', 'core/quota/quota.ts']
/** Ways beyond this would only repeat: no union that matters to a query is wider. */
const MOST_WAYS = 8

type Method = (...args: unknown[]) => unknown

/** What one method asks of each engine. */
interface Asked { method: string; statements: Record<Engine, string[]>; amiss: Set<string>; finished: boolean; stumbled?: string }

/** `sql/<service>.md` → text; `core` are the tables every service has. */
export async function sqlFiles(definitions: readonly ServiceDefinition[]): Promise<Map<string, string>> {
  const files = new Map<string, string>()
  const reader = typeReader(KNOWN_TYPES)
  const core = [outboxMigration, operationsMigration]
  files.set('sql/core.md', await sqlOf('core', CORE_STORES, [...core, quotaMigration], {}, reader))
  for (const definition of definitions) {
    const { stores, others } = await placesOf(definition.name)
    const text = await sqlOf(definition.name, stores, [...core, ...definition.migrations], meansOf(definition), reader)
    files.set(`sql/${definition.name}.md`, `${text}${others.length === 0 ? '' : `\n## Not shown: what is asked outside of stores\n\n${others.map((path) => `- ${path}\n`).join('')}`}`)
  }
  return files
}

const ASKS = /\b(selectFrom|insertInto|updateTable|deleteFrom|executeQuery)\(/
const NO_PRODUCT = /\.test\.ts$|\/(migrations|testing)\//

/** Stores of a service, and its other files that ask the database. */
async function placesOf(service: string): Promise<{ stores: string[]; others: string[] }> {
  const entries = await readdir(join(repositoryRoot, 'services', service), { recursive: true, withFileTypes: true })
  const paths = entries.filter((e) => e.isFile() && e.name.endsWith('.ts')).map((e) => relative(repositoryRoot, join(e.parentPath, e.name))).filter((path) => !NO_PRODUCT.test(path)).sort()
  const others: string[] = []
  for (const path of paths) if (!path.endsWith('.store.ts') && ASKS.test((await readTextFile(join(repositoryRoot, path))) ?? '')) others.push(path)
  return { stores: paths.filter((path) => path.endsWith('.store.ts')), others }
}

/** What a store may ask of its context besides the database. */
function meansOf(definition: ServiceDefinition): Record<string, unknown> {
  const neighbour = (type: string) => ({ type, request: async () => { throw new Error('a store asks no neighbour') } })
  return { config: loadConfig(definition.name, definition.config), clients: () => definition.clients(neighbour), policy: new Policy(definition.policies, { enforceScope: false, enforceNewDefaults: false, overrides: {} }) }
}

/** The text for these stores on these tables. */
export async function sqlOf(service: string, stores: readonly string[], migrations: readonly NamedMigration[], means: Record<string, unknown>, reader: TypeReader): Promise<string> {
  const scratch = await scratchDatabase(migrations)
  const parts = [`# SQL of the stores of ${service}\n\nWhat each method can ask, once for each form it has. As SQLite gets it; MariaDB's text where it differs in more than the quotes around names.\n`]
  for (const store of stores) {
    const asked = await askedBy(service, store, scratch, means, reader)
    if (asked.length > 0) parts.push(`\n## ${store}\n\n\`\`\`sql\n${asked.map(written).join('\n')}\`\`\`\n`)
  }
  scratch.close()
  return parts.join('')
}

async function askedBy(service: string, store: string, scratch: SqliteDatabase.Database, means: Record<string, unknown>, reader: TypeReader): Promise<Asked[]> {
  const path = join(repositoryRoot, store)
  const exports = await import(/* @vite-ignore */ `#${store}`) as Record<string, Method>
  const module = readModule(reader, path)
  const recorders = [recordingDatabase('sqlite', scratch), recordingDatabase('mariadb', scratch)]
  const methods: Asked[] = []
  for (const [method, [on, ...parameters]] of module.functions) {
    if (on === undefined || !/^(ctx|db)$/.test(on.name)) continue
    const asked: Asked = { method, statements: { sqlite: [], mariadb: [] }, amiss: new Set(), finished: false }
    for (const recorder of recorders) {
      for (const args of argumentsOf(`${service} ${method}`, module, parameters, reader, asked)) {
        const call = async (): Promise<unknown> => await exports[method]!(on.name === 'db' ? recorder.db : contextOn(recorder, means), ...args)
        if ((await record(recorder, call, 'objects', asked)).structure) await record(recorder, call, 'lists', asked)
        if ((await record(recorder, call, 'nothing', asked)).insert) await record(recorder, call, 'taken', asked)
      }
      for (const [text, why] of recorder.refused) asked.amiss.add(`SQLite: ${why}: ${text}`)
      recorder.refused.clear()
    }
    if (!asked.finished && asked.stumbled !== undefined) asked.amiss.add(`no call came to its end: ${asked.stumbled}`)
    methods.push(asked)
  }
  return methods
}

function argumentsOf(key: string, module: SourceModule, parameters: readonly Parameter[], reader: TypeReader, asked: Asked): unknown[][] {
  const declared = CALLS[key]
  if (declared !== undefined) return declared
  reader.width = 1
  const calls: unknown[][] = []
  try {
    const all = (way: Way): unknown[] => parameters.map((parameter) => madeUp(reader, module, parameter, way))
    calls.push(all('least'))
    for (let way = 0; way < Math.min(reader.width, MOST_WAYS); way += 1) calls.push(all(way))
  } catch (error) {
    if (!(error instanceof Unmade)) throw error
    asked.amiss.add(`no arguments can be made up: ${error.message}`)
  }
  return calls
}

function contextOn(recorder: RecordingDatabase, means: Record<string, unknown>): Record<string, unknown> {
  const { clients, ...rest } = means
  return {
    ...rest, clients: typeof clients === 'function' ? (clients as () => unknown)() : {}, db: recorder.db, requestId: 'req-golden', identity: testIdentity({}), log: silentLog,
    clock: { now: () => Date.UTC(2026, 0), after: () => () => {} }, ids: { uuid: () => 'uuid', hex: () => 'hex' }, nudge: () => {},
  }
}

/** Adds what this call asks and no earlier one did. */
async function record(recorder: RecordingDatabase, call: () => Promise<unknown>, answers: Answers, asked: Asked): Promise<Recording['met']> {
  const recording: Recording = { statements: [], answers, met: { insert: false, structure: false } }
  recorder.recording = recording
  try {
    await call()
    asked.finished = true
  } catch (error) {
    // What it asked before it stumbled over an answer that does not suit it is written down.
    asked.stumbled ??= (error as Error).message
    if (recording.statements.length === 0) asked.amiss.add(`a call asks nothing: ${(error as Error).message}`)
  } finally {
    recorder.recording = undefined
  }
  const known = asked.statements[recorder.engine]
  for (const text of recording.statements) if (!known.includes(text)) known.push(text)
  return recording.met
}

function written({ method, statements, amiss }: Asked): string {
  const { sqlite, mariadb } = statements
  const lines = [`-- ${method}`, ...[...amiss].map((why) => `-- ! ${why}`)]
  if (sqlite.length === 0) lines.push('-- (asks the database nothing)')
  sqlite.forEach((text, n) => {
    lines.push(`${laidOut(text)};`)
    const other = mariadb[n]
    if (other !== undefined && other.replaceAll('`', '"') !== text) lines.push(`/* MariaDB */ ${laidOut(other)};`)
  })
  if (mariadb.length !== sqlite.length) lines.push(`-- ! ${mariadb.length} statements on MariaDB`)
  return `${lines.join('\n')}\n`
}

const LONG = 160
const BREAK = /[()]| (?=(?:from|where|inner join|left join|group by|order by|limit|values|set|union all|on conflict|on duplicate key|and|or) )/g

/** One line where that is short enough; else broken before its clauses and conditions, outermost first, until the lines are. */
function laidOut(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  const breaks: Break[] = []
  let depth = 0
  for (const { 0: found, index } of line.matchAll(BREAK)) {
    if (found === '(') depth += 1
    else if (found === ')') depth -= 1
    // Conditions count as deeper than the clause they stand in.
    else breaks.push({ index, depth: 2 * depth + (/^ (and|or) /.test(line.slice(index, index + 5)) ? 1 : 0) })
  }
  return broken(line, breaks, '\n  ')
}
interface Break { index: number; depth: number }

function broken(line: string, breaks: readonly Break[], indent: string): string {
  if (line.length <= LONG || breaks.length === 0) return line
  const outermost = Math.min(...breaks.map((b) => b.depth))
  const starts = [0, ...breaks.filter((b) => b.depth === outermost).map((b) => b.index), line.length]
  const parts = starts.slice(0, -1).map((from, n) => {
    const inside = breaks.filter((b) => b.index > from && b.index < starts[n + 1]!).map((b) => ({ ...b, index: b.index - from }))
    return broken(line.slice(from, starts[n + 1]), inside, `${indent}  `).trim()
  })
  return parts.join(indent)
}
