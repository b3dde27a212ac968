/**
 * Generated facts, committed and compared: what the program says of itself in files a person can read and a diff can
 * show. `nacre golden` rewrites them; a test fails when they differ, so no route, rule, table or option changes
 * unseen.
 */
import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Kysely } from 'kysely'
import { openDatabase } from '#core/db/database.ts'
import { outboxMigration } from '#core/db/outbox.ts'
import { operationsMigration } from '#core/operations/store.ts'
import { Policy } from '#core/policy/policy.ts'
import type { Operation } from '#core/operations/define.ts'
import type { ServiceDefinition } from '#core/service/service.ts'
import { SERVICES } from '#cloud/catalog.ts'
import { logOptions } from '#cloud/log/log-options.ts'
import { repositoryRoot } from '#cloud/repository.ts'
import { computeAgentContract } from '#services/compute/agent/compute-agent.contract.ts'
import { networkAgentContract, networkHostContract } from '#services/network/agent/network-agent.contract.ts'
import { testIdentity } from '#testkit/tokens.ts'
import { dependenciesOf, dependencyLines } from './dependencies.ts'
import { eventsOf } from './events.ts'
import { openapiOf } from './openapi.ts'
import { sqlFiles } from './sql.ts'

/** Every golden file: path under golden/ → text. */
export async function goldenFiles(): Promise<Map<string, string>> {
  const files = new Map<string, string>()
  const definitions: ServiceDefinition[] = []
  for (const entry of SERVICES) definitions.push(await entry.load())
  for (const definition of definitions) {
    files.set(`openapi/${definition.name}.json`, `${JSON.stringify(openapiOf(definition), null, 1)}\n`)
    files.set(`policy/${definition.name}.txt`, policyMatrix(definition))
    files.set(`schema/${definition.name}.md`, await schemaOf(definition))
  }
  files.set('options.md', optionsOf([...definitions, { name: 'log', config: logOptions }]))
  files.set('errors.md', await errorsOf(definitions))
  files.set('contracts.txt', contractsOf(definitions))
  files.set('dependencies.txt', dependencyLines(await dependenciesOf(definitions)))
  files.set('events.md', await eventsOf(repositoryRoot))
  for (const [name, text] of await sqlFiles(definitions)) files.set(name, text)
  return files
}

/** Who asks, in the order of the columns. The target is project `alpha` and user `alice`. */
const PERSONAS = [
  ['admin', testIdentity({ user: 'root', project: 'admin', roles: ['admin', 'member', 'reader'] })],
  ['system-admin', testIdentity({ user: 'root', system: true, roles: ['admin', 'member', 'reader'] })],
  ['member', testIdentity({ user: 'alice', project: 'alpha', roles: ['member', 'reader'] })],
  ['reader', testIdentity({ user: 'rita', project: 'alpha', roles: ['reader'] })],
  ['stranger', testIdentity({ user: 'bob', project: 'beta', roles: ['member', 'reader'] })],
  ['no-role', testIdentity({ user: 'nora', project: 'alpha', roles: [] })],
] as const

const TARGET = { project_id: 'alpha', tenant_id: 'alpha', user_id: 'alice', domain_id: 'default', 'target.user.id': 'alice', owner: 'alpha' }

/** Role × rule, with today's switches off and with new defaults and scopes enforced. */
function policyMatrix(definition: ServiceDefinition): string {
  const now = new Policy(definition.policies, { enforceScope: false, enforceNewDefaults: false, overrides: {} })
  const strict = new Policy(definition.policies, { enforceScope: true, enforceNewDefaults: true, overrides: {} })
  const rules = definition.policies.filter((r) => r.operations !== undefined).toSorted((a, b) => a.name.localeCompare(b.name))
  const width = Math.max(...rules.map((r) => r.name.length), 4)
  const names = PERSONAS.map(([name]) => name)
  const lines = [`# y allowed, s allowed also with scopes and new defaults enforced, - refused. Target: user alice of project alpha.`, `${'rule'.padEnd(width)}  ${names.join('  ')}`]
  for (const rule of rules) {
    const cells = PERSONAS.map(([name, who]) => (now.allows(who, rule.name, TARGET) ? (strict.allows(who, rule.name, TARGET) ? 's' : 'y') : strict.allows(who, rule.name, TARGET) ? 'S' : '-').padEnd(name.length))
    lines.push(`${rule.name.padEnd(width)}  ${cells.join('  ')}`.trimEnd())
  }
  return `${lines.join('\n')}\n`
}

async function schemaOf(definition: ServiceDefinition): Promise<string> {
  const { db, close } = await openDatabase<unknown>({ engine: 'sqlite', memory: true }, definition.name, [outboxMigration, operationsMigration, ...definition.migrations])
  try {
    const tables = (await (db as Kysely<unknown>).introspection.getTables()).filter((t) => !t.name.startsWith('migrations')).toSorted((a, b) => a.name.localeCompare(b.name))
    const parts = tables.map((t) => [`## ${t.name}`, '', '| column | type | null |', '|---|---|---|', ...t.columns.map((c) => `| ${c.name} | ${c.dataType.toLowerCase()} | ${c.isNullable ? 'yes' : 'no'} |`), ''].join('\n'))
    return `# Tables of ${definition.name}\n\n${parts.join('\n')}`
  } finally {
    await close()
  }
}

function optionsOf(definitions: Pick<ServiceDefinition, 'name' | 'config'>[]): string {
  const parts = definitions.map((d) => [`## ${d.name}`, '', '| option | default | what it does |', '|---|---|---|',
    ...Object.entries(d.config).map(([key, o]) => `| \`${key}\` | \`${JSON.stringify(o.default)}\` | ${o.doc.replaceAll('\n', ' ')} |`), ''].join('\n'))
  return `# Options\n\nIn \`nacre.yaml\` under the service's name, or \`log\`, or in the environment as \`NACRE_<SERVICE>_<OPTION>\`.\n\n${parts.join('\n')}`
}

async function errorsOf(definitions: ServiceDefinition[]): Promise<string> {
  const parts: string[] = []
  for (const d of definitions) {
    const module = (await import(`#services/${d.name}/errors.ts`)) as Record<string, { list?: readonly { code: string; status: number }[] }>
    const rows = Object.values(module).flatMap((e) => e?.list ?? []).toSorted((a, b) => a.code.localeCompare(b.code)).map((e) => `| ${e.code} | ${e.status} |`)
    parts.push([`## ${d.name}`, '', '| code | status |', '|---|---|', ...rows, ''].join('\n'))
  }
  return `# Errors\n\n${parts.join('\n')}`
}

function fingerprint(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16)
}

/** Agent contracts and operations with their versions: what must stay readable across an upgrade. */
function contractsOf(definitions: ServiceDefinition[]): string {
  const lines = [computeAgentContract, networkAgentContract, networkHostContract].map((c) => `agent      ${c.name} v${c.version}  ${fingerprint(c.verbs)}  ${Object.keys(c.verbs).join(' ')}`)
  for (const d of definitions) {
    for (const o of (d.operations ?? []) as Operation[]) lines.push(`operation  ${o.name} v${o.version}  ${o.steps.map((s) => ('each' in s ? `each:${s.each}` : s.name)).join(' → ')}`)
  }
  return `${lines.join('\n')}\n`
}

/** Files now under golden/, by the same keys as `goldenFiles`. */
export async function listGolden(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  return entries.filter((e) => e.isFile()).map((e) => join(e.parentPath, e.name).slice(folder.length + 1)).sort()
}
