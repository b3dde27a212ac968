/**
 * A row of the walk: one command line of the official client and what must come of it. Values that rows keep are put
 * into later rows where `{name}` stands, so a walk reads like the guide it follows.
 */

export type Who = 'admin' | 'member'

/** What a field of the reply must be: this value, text that matches, or what the function accepts. */
export type Expected = string | number | boolean | RegExp | ((value: unknown) => boolean)

export interface CommandRow {
  who: Who
  /** Words after `openstack`; `{name}` stands for a kept value, and no word holds a space. */
  line: string
  /** Fields of the reply (a single record). */
  fields?: Record<string, Expected>
  /** Kept for later rows: name ← field of the reply. */
  keep?: Record<string, string>
  /** A list must hold exactly these values in this column, in any order; `{name}` is replaced here too. */
  column?: { name: string; holds: (string | RegExp)[]; andMore?: true }
  /** What is printed, for commands that answer with text. */
  text?: RegExp
  /** The command must fail, and say this. */
  refused?: RegExp
  /** Asked again and again until it is as expected. */
  becomes?: true
}

export interface Step {
  name: string
  /** Steps that must have passed. */
  needs: string[]
  rows: CommandRow[]
}

/** Replaces `{name}` by its value. Throws when a row uses what no row before it kept. */
export function fillIn(text: string, values: ReadonlyMap<string, string>): string {
  return text.replaceAll(/\{([a-zA-Z]+)\}/g, (_, name: string) => {
    const value = values.get(name)
    if (value === undefined) throw new Error(`the walk uses {${name}} before any row has kept it`)
    return value
  })
}

/** What is wrong with a reply, or undefined. `reply` is JSON when the row looks at fields, and text otherwise. */
export function faultOf(row: CommandRow, reply: string, values: ReadonlyMap<string, string>): string | undefined {
  if (row.text !== undefined) return row.text.test(reply) ? undefined : `expected text like ${row.text}, got '${reply.slice(0, 200)}'`
  if (row.fields === undefined && row.keep === undefined && row.column === undefined) return undefined
  // The client ends with 0 and a sentence when a server it waited for went to ERROR.
  if (!/^\s*[[{]/.test(reply)) return `expected JSON, got '${reply.trim().slice(0, 300)}'`
  const answer = JSON.parse(reply) as Record<string, unknown> | Record<string, unknown>[]
  if (row.column !== undefined) return columnFault(row.column, answer as Record<string, unknown>[], values)
  for (const [name, expected] of Object.entries(row.fields ?? {})) {
    const value = (answer as Record<string, unknown>)[name]
    if (!meets(value, expected, values)) return `expected ${name} to be ${describe(expected, values)}, got ${JSON.stringify(value)?.slice(0, 300) ?? 'nothing'}`
  }
  return undefined
}

function columnFault({ name, holds, andMore }: NonNullable<CommandRow['column']>, rows: Record<string, unknown>[], values: ReadonlyMap<string, string>): string | undefined {
  const found = rows.map((row) => row[name])
  const missing = holds.filter((expected) => !found.some((value) => meets(value, expected, values)))
  if (missing.length > 0) return `expected ${name} to hold ${missing.map((expected) => describe(expected, values)).join(', ')}, got ${JSON.stringify(found).slice(0, 300)}`
  return andMore !== true && found.length !== holds.length ? `expected ${holds.length} rows, got ${found.length}: ${JSON.stringify(found).slice(0, 300)}` : undefined
}

function meets(value: unknown, expected: Expected, values: ReadonlyMap<string, string>): boolean {
  if (typeof expected === 'function') return expected(value)
  if (expected instanceof RegExp) return expected.test(typeof value === 'string' ? value : JSON.stringify(value) ?? '')
  return typeof expected === 'string' ? String(value) === fillIn(expected, values) : value === expected
}

function describe(expected: Expected, values: ReadonlyMap<string, string>): string {
  if (typeof expected === 'function') return 'what the walk expects'
  return expected instanceof RegExp ? `like ${expected}` : `'${typeof expected === 'string' ? fillIn(expected, values) : String(expected)}'`
}

/** Values that a row's reply gives to later rows. */
export function keptOf(row: CommandRow, reply: string): [string, string][] {
  if (row.keep === undefined) return []
  const answer = JSON.parse(reply) as Record<string, unknown>
  return Object.entries(row.keep).map(([name, field]) => [name, String(answer[field])])
}
