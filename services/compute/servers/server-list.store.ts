/**
 * Lists of servers: one query a page, by key. Filters that SQL of both engines can say are said in SQL; regular
 * expressions are tried here, on V8's engine that takes linear time (a pattern from outside must not be able to
 * stall the process), page by page until the page is full.
 */
import { setFlagsFromString } from 'node:v8'
import { sql, type SelectQueryBuilder } from '#core/db/database.ts'
import { prepared } from '#core/db/prepared.ts'
import { applyPage, MAX_LIMIT, type SortKey } from '#core/listing/listing.ts'
import type { ComputeContext } from '../context.ts'
import type { ComputeTables } from '../database.ts'
import { vifsOf, type ServerRow } from './server.row.ts'
import type { TaskState, VmState } from './server.states.ts'

export interface ServerFilter {
  projectId?: string
  userId?: string
  ids?: string[]
  vmStates?: VmState[]
  tasks?: (TaskState | null)[]
  /** true: deleted ones only; false: none; absent: both. */
  deleted?: boolean
  softDeleted?: boolean
  changesSince?: string
  changesBefore?: string
  locked?: boolean
  tags?: string[]
  tagsAny?: string[]
  notTags?: string[]
  notTagsAny?: string[]
  /** Column → exact value. */
  equal?: Record<string, string | number>
  /** Column → regular expression (or plain text) somewhere in it. */
  like?: Record<string, string>
  ip?: string
  ip6?: string
}

const VIEW_COLUMNS = ['id', 'revision', 'number', 'project_id', 'user_id', 'display_name', 'display_description', 'hostname', 'reservation_id', 'launch_index', 'image_ref',
  'kernel_id', 'ramdisk_id', 'flavor', 'key_name', 'config_drive', 'availability_zone', 'host', 'node', 'vm_state', 'task_state', 'power_state', 'progress',
  'access_ip_v4', 'access_ip_v6', 'auto_disk_config', 'locked_by', 'locked_reason', 'root_device_name', 'metadata', 'tags', 'network_info', 'trusted_certs',
  'fault', 'deleted', 'created_at', 'updated_at', 'launched_at', 'terminated_at'] as const

/** What a view of a server in a list is made from. */
export type ListedServer = Pick<ServerRow, (typeof VIEW_COLUMNS)[number]> & { user_data?: string | null }

/** What a page of keys holds. */
const KEY_COLUMNS = ['id', 'display_name', 'revision', 'host'] as const
export type ServerKey = Pick<ServerRow, (typeof KEY_COLUMNS)[number]>

type Query = SelectQueryBuilder<ComputeTables, 'servers', ServerKey>

export interface ServerPage { sort: SortKey[]; marker: ServerRow | undefined; limit: number }

/** The keys of a page of servers, in order. */
export async function listServerKeys(ctx: ComputeContext, filter: ServerFilter, page: ServerPage): Promise<ServerKey[]> {
  if (page.limit === 0) return []
  if (page.marker === undefined && isEveryday(filter)) return await everydayKeys(ctx, filter, page)
  const accept = predicate(filter)
  const columns = new Set<string>(KEY_COLUMNS)
  // A page that is filled up by trying patterns here needs what is tried, and what the next stretch begins after.
  if (accept !== undefined) for (const column of [...Object.keys(filter.like ?? {}), 'network_info', ...page.sort.map((key) => key.column)]) columns.add(column)
  const found: ServerKey[] = []
  let marker = page.marker as unknown as Record<string, unknown> | undefined
  for (;;) {
    const rows = await applyPage(filtered(ctx, filter, [...columns]), page.sort, marker, page.limit).execute()
    for (const row of rows) if (accept === undefined || accept(row as unknown as Tried)) found.push(row)
    if (accept === undefined || rows.length < page.limit || found.length >= page.limit) return found.slice(0, page.limit)
    marker = rows.at(-1) as unknown as Record<string, unknown>
  }
}

/** What the everyday list asks, `GET /servers` with nothing or paging behind it. */
const EVERYDAY = new Set(['projectId', 'userId', 'deleted', 'softDeleted'])

function isEveryday(filter: ServerFilter): boolean {
  return Object.entries(filter).every(([name, asked]) => EVERYDAY.has(name) || asked === undefined || (typeof asked === 'object' && Object.keys(asked).length === 0))
}

const firstKeys = prepared<ComputeTables, ServerKey, { filter: ServerFilter; sort: SortKey[] }>((db, value, { filter, sort }) => {
  const slots = { ...filter, projectId: filter.projectId === undefined ? undefined : value('projectId'), userId: filter.userId === undefined ? undefined : value('userId') }
  return applyPage(filtered({ db }, slots, KEY_COLUMNS), sort, undefined, undefined).limit(value('limit'))
})

async function everydayKeys(ctx: ComputeContext, filter: ServerFilter, { sort, limit }: ServerPage): Promise<ServerKey[]> {
  const { projectId, userId, deleted, softDeleted } = filter
  const shape = [projectId !== undefined, userId !== undefined, deleted, softDeleted, ...sort.flatMap((key) => [key.column, key.direction])].join(' ')
  return (await firstKeys(ctx.db, { projectId, userId, limit: Math.min(limit, MAX_LIMIT) }, shape, { filter, sort })).rows
}

/** Servers by id, in any order, deleted ones too; `withUserData` for those who may see it. */
export async function readListedServers(ctx: ComputeContext, ids: readonly string[], withUserData: boolean): Promise<ListedServer[]> {
  const columns = [...VIEW_COLUMNS, ...(withUserData ? ['user_data'] : [])]
  return await ctx.db.selectFrom('servers').select(selected(columns) as never).where('id', 'in', ids).execute() as unknown as ListedServer[]
}

/** As text: fifty syntax nodes would cost more than the query. */
function selected(columns: readonly string[]) {
  return sql.raw(columns.join(', '))
}

function filtered(ctx: Pick<ComputeContext, 'db'>, filter: ServerFilter, columns: readonly string[]): Query {
  let query = ctx.db.selectFrom('servers').select(selected(columns) as never) as unknown as Query
  if (filter.projectId !== undefined) query = query.where('project_id', '=', filter.projectId)
  if (filter.userId !== undefined) query = query.where('user_id', '=', filter.userId)
  if (filter.ids !== undefined) query = query.where('id', 'in', filter.ids)
  if (filter.vmStates !== undefined) query = query.where('vm_state', 'in', filter.vmStates)
  if (filter.tasks !== undefined) query = whereTask(query, filter.tasks)
  if (filter.changesSince !== undefined) query = query.where('updated_at', '>=', filter.changesSince)
  if (filter.changesBefore !== undefined) query = query.where('updated_at', '<=', filter.changesBefore)
  if (filter.locked !== undefined) query = query.where('locked_by', filter.locked ? 'is not' : 'is', null)
  for (const [column, value] of Object.entries(filter.equal ?? {})) query = query.where(column as 'host', '=', value as never)
  for (const [column, text] of Object.entries(filter.like ?? {})) {
    if (isPlain(text)) query = query.where(sql<boolean>`instr(lower(${sql.ref(column)}), ${text.toLowerCase()}) > 0`)
  }
  for (const address of [filter.ip, filter.ip6]) {
    if (address !== undefined && isPlain(address)) query = query.where(sql<boolean>`instr(network_info, ${address.replaceAll('\\', '')}) > 0`)
  }
  return whereTags(whereDeleted(query, filter), filter)
}

function whereTask(query: Query, tasks: (TaskState | null)[]): Query {
  const named = tasks.filter((task) => task !== null)
  return query.where((eb) => eb.or([...(named.length > 0 ? [eb('task_state', 'in', named)] : []), ...(tasks.includes(null) ? [eb('task_state', 'is', null)] : [])]))
}

function whereDeleted(query: Query, filter: ServerFilter): Query {
  if (filter.deleted === undefined) return query
  if (!filter.deleted) {
    const living = query.where('deleted', '=', 0)
    return filter.softDeleted === true || filter.vmStates?.includes('soft-delete') === true ? living : living.where('vm_state', '!=', 'soft-delete')
  }
  return filter.softDeleted === false ? query.where('deleted', '=', 1) : query.where((eb) => eb.or([eb('deleted', '=', 1), eb('vm_state', '=', 'soft-delete')]))
}

function hasTag(tag: string) {
  return sql<boolean>`instr(tags, ${`,${tag},`}) > 0`
}

function whereTags(query: Query, filter: ServerFilter): Query {
  let built = query
  for (const tag of filter.tags ?? []) built = built.where(hasTag(tag))
  if (filter.tagsAny !== undefined) built = built.where((eb) => eb.or(filter.tagsAny!.map(hasTag)))
  if (filter.notTags !== undefined) built = built.where((eb) => eb.not(eb.and(filter.notTags!.map(hasTag))))
  if (filter.notTagsAny !== undefined) built = built.where((eb) => eb.not(eb.or(filter.notTagsAny!.map(hasTag))))
  return built
}

/** Text in which no sign has a meaning of its own (dots of addresses aside). */
function isPlain(text: string): boolean {
  return !/[\\^$*+?()[\]{}|]/.test(text)
}

type Tried = Pick<ServerRow, 'network_info'> & Record<string, unknown>

function predicate(filter: ServerFilter): ((row: Tried) => boolean) | undefined {
  const tests: ((row: Tried) => boolean)[] = []
  for (const [column, text] of Object.entries(filter.like ?? {})) {
    if (isPlain(text)) continue
    const pattern = safePattern(text)
    tests.push((row) => pattern.test(String(row[column] ?? '')))
  }
  for (const [address, version] of [[filter.ip, 4], [filter.ip6, 6]] as const) {
    if (address === undefined) continue
    const pattern = safePattern(address)
    tests.push((row) => vifsOf(row).some((vif) => vif.fixedIps.some((ip) => ip.version === version && pattern.test(ip.address)) || (version === 4 && vif.floatingIps.some((ip) => pattern.test(ip.address)))))
  }
  return tests.length === 0 ? undefined : (row) => tests.every((test) => test(row))
}

setFlagsFromString('--enable-experimental-regexp-engine')
/** The flag of V8's linear engine. */
const LINEAR = 'l'

/** Tests text against a pattern, upper and lower case alike, in linear time. What the linear engine cannot do is taken as plain text. */
function safePattern(text: string): { test(value: string): boolean } {
  const lower = text.replaceAll(/\\.|[A-Z]/g, (match) => (match.length > 1 ? match : match.toLowerCase()))
  try {
    const pattern = new RegExp(lower, LINEAR)
    return { test: (value) => pattern.test(value.toLowerCase()) }
  } catch {
    return { test: (value) => value.toLowerCase().includes(lower) }
  }
}
