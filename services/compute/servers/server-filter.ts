/** Reads filters, sort keys and page of a server list from its query. */
import { may } from '#core/http/context.ts'
import type { RouteRequest } from '#core/http/route.ts'
import type { SortKey } from '#core/listing/listing.ts'
import type { ComputeContext } from '../context.ts'
import { errors } from '../errors.ts'
import { readFlag, readInstant } from '../schema/read-values.ts'
import { IGNORED_SORT_KEYS } from './server-query.schema.ts'
import { statesOfStatuses, type TaskState, type VmState } from './server.states.ts'
import type { ServerFilter } from './server-list.store.ts'
import { serverRules } from './server.versions.ts'

const REFUSED = new Set(['block_device_mapping', 'services', 'metadata', 'system_metadata', 'info_cache', 'security_groups', 'pci_devices'])
const PAGING = new Set(['sort_key', 'sort_dir', 'limit', 'marker'])

/** Columns compared as they are, under their names in the query. */
const EXACT: Record<string, string> = { image: 'image_ref', image_ref: 'image_ref', host: 'host', flavor: 'flavor_id' }
const NUMBERS: Record<string, string> = { launch_index: 'launch_index', power_state: 'power_state', progress: 'progress', auto_disk_config: 'auto_disk_config' }
const LIKE: Record<string, string> = {
  name: 'display_name', display_name: 'display_name', description: 'display_description', display_description: 'display_description', hostname: 'hostname',
  key_name: 'key_name', node: 'node', reservation_id: 'reservation_id', launched_at: 'launched_at', terminated_at: 'terminated_at', availability_zone: 'availability_zone',
  kernel_id: 'kernel_id', ramdisk_id: 'ramdisk_id', locked_by: 'locked_by', root_device_name: 'root_device_name', access_ip_v4: 'access_ip_v4', access_ip_v6: 'access_ip_v6',
  created_at: 'created_at',
}

/** Undefined when nothing can match. */
export function readServerFilter(ctx: ComputeContext, request: RouteRequest, detail: boolean): ServerFilter | undefined {
  const given = permitted(ctx, request)
  const filter: ServerFilter = {}
  if (!readStates(request, given, filter)) return undefined
  readTimes(given, filter)
  readDeleted(ctx, request, given, filter)
  readOwner(ctx, given, filter, detail)
  readColumns(given, filter)
  if (serverRules(request.version).tagFilters) readTags(given, filter)
  return filter
}

/** The query without what this caller may not filter by; the last of repeated values counts. */
function permitted(ctx: ComputeContext, request: RouteRequest): Map<string, string> {
  const all = may(ctx, 'os_compute_api:servers:allow_all_filters')
  const { openFilters: open, unknownFilters: unknown } = serverRules(request.version)
  const given = new Map<string, string>()
  for (const [name, value] of request.query) {
    if (PAGING.has(name) || unknown.has(name) || !(all || open.has(name))) continue
    if (REFUSED.has(name) || name.startsWith('_')) throw errors.BadRequest({ message: `Invalid filter field: ${name}.` })
    given.set(name, value)
  }
  return given
}

function readStates(request: RouteRequest, given: Map<string, string>, filter: ServerFilter): boolean {
  const vmState = given.get('vm_state')
  const task = given.get('task_state')
  if (vmState !== undefined) filter.vmStates = [vmState as VmState]
  if (task !== undefined) filter.tasks = [task as TaskState]
  const statuses = request.query.getAll('status')
  if (statuses.length === 0) return true
  const states = statesOfStatuses(statuses)
  if (states.vmStates.length === 0) {
    if (serverRules(request.version).badStatusRefused) throw errors.BadRequest({ message: 'Invalid status value' })
    return false
  }
  filter.vmStates = states.vmStates
  if (states.tasks !== undefined) filter.tasks = states.tasks
  return true
}

function readTimes(given: Map<string, string>, filter: ServerFilter): void {
  for (const [name, key] of [['changes-since', 'changesSince'], ['changes-before', 'changesBefore']] as const) {
    const text = given.get(name)
    if (text === undefined) continue
    const instant = readInstant(text)
    if (instant === undefined) throw errors.BadRequest({ message: `Invalid filter field: ${name}.` })
    filter[key] = instant
  }
  if (filter.changesSince !== undefined && filter.changesBefore !== undefined && filter.changesBefore < filter.changesSince) {
    throw errors.BadRequest({ message: 'The value of changes-since must be less than or equal to changes-before.' })
  }
}

function readDeleted(ctx: ComputeContext, request: RouteRequest, given: Map<string, string>, filter: ServerFilter): void {
  const text = given.get('deleted')
  if (text !== undefined) filter.deleted = readFlag(text) ?? false
  else if (filter.changesSince === undefined && filter.changesBefore === undefined) filter.deleted = false
  const soft = given.get('soft_deleted')
  if (soft !== undefined) filter.softDeleted = readFlag(soft) ?? false
  if (request.query.has('status') && filter.vmStates?.length === 1 && filter.vmStates[0] === 'deleted') {
    if (!may(ctx, 'context_is_admin')) throw errors.Forbidden({ message: 'Only administrators may list deleted instances' })
    filter.deleted = true
    filter.vmStates = undefined
    filter.softDeleted = false
  }
}

function readOwner(ctx: ComputeContext, given: Map<string, string>, filter: ServerFilter, detail: boolean): void {
  const user = given.get('user_id')
  if (user !== undefined) filter.userId = user
  if (wantsAll(given.get('all_tenants'))) {
    const rule = `os_compute_api:servers:${detail ? 'detail' : 'index'}:get_all_tenants`
    if (!may(ctx, rule)) throw ctx.forbidden(rule)
    const project = given.get('project_id') ?? given.get('tenant_id')
    if (project !== undefined) filter.projectId = project
    return
  }
  const project = ctx.identity.project?.id
  if (project !== undefined) filter.projectId = project
  else filter.userId = ctx.identity.user.id
}

function wantsAll(text: string | undefined): boolean {
  if (text === undefined) return false
  if (text === '') return true
  return readStrictFlag(text)
}

function readStrictFlag(text: string): boolean {
  const value = readFlag(text)
  if (value === undefined) throw errors.BadRequest({ message: `Unrecognized value '${text}', acceptable values are: '0', '1', 'f', 'false', 'n', 'no', 'off', 'on', 't', 'true', 'y', 'yes'` })
  return value
}

function readColumns(given: Map<string, string>, filter: ServerFilter): void {
  const equal: Record<string, string | number> = {}
  const like: Record<string, string> = {}
  for (const [name, value] of given) {
    if (Object.hasOwn(EXACT, name)) equal[EXACT[name]!] = lastPart(name, value)
    else if (Object.hasOwn(NUMBERS, name)) equal[NUMBERS[name]!] = /^-?\d+$/.test(value) ? Number(value) : -1
    else if (Object.hasOwn(LIKE, name)) like[LIKE[name]!] = value
    else if (name === 'config_drive') equal['config_drive'] = readFlag(value) === true ? 'True' : ''
  }
  filter.equal = equal
  filter.like = like
  const uuid = given.get('uuid')
  if (uuid !== undefined) filter.ids = [uuid]
  const locked = given.get('locked')
  if (locked !== undefined) filter.locked = readStrictFlag(locked)
  if (given.has('ip')) filter.ip = given.get('ip')
  if (given.has('ip6')) filter.ip6 = given.get('ip6')
}

function lastPart(name: string, value: string): string {
  return name === 'image' || name === 'flavor' || name === 'image_ref' ? (value.split('/').at(-1) ?? value) : value
}

function readTags(given: Map<string, string>, filter: ServerFilter): void {
  for (const [name, key] of [['tags', 'tags'], ['tags-any', 'tagsAny'], ['not-tags', 'notTags'], ['not-tags-any', 'notTagsAny']] as const) {
    const text = given.get(name)
    if (text !== undefined) filter[key] = text.split(',')
  }
}

const COLUMN_OF: Record<string, string> = { uuid: 'id', instance_type_id: 'flavor_id', locked: 'locked_by' }

/** Sort keys, the newest first by default, closed by the server's number so that pages never overlap. */
export function readServerSort(ctx: ComputeContext, request: RouteRequest): SortKey[] {
  const ignored = new Set<string>(serverRules(request.version).sortsByLocked ? IGNORED_SORT_KEYS.filter((key) => key !== 'locked') : IGNORED_SORT_KEYS)
  const asked = request.query.getAll('sort_key')
  // An ignored key takes its direction with it.
  const directions = request.query.getAll('sort_dir').filter((_, at) => !ignored.has(asked[at] ?? ''))
  const names = asked.filter((key) => !ignored.has(key))
  for (const key of names) {
    if ((key === 'host' || key === 'node') && !may(ctx, 'context_is_admin')) throw errors.Forbidden({ message: `Only administrators can sort servers by ${key}` })
  }
  if (names.length > 0 && directions.length > names.length) throw errors.InvalidInput({ reason: 'Sort direction size exceeds sort key size' })
  if (names.length === 0) names.push('created_at')
  const keys = names.map((key, at): SortKey => ({ column: Object.hasOwn(COLUMN_OF, key) ? COLUMN_OF[key]! : key, direction: readDirection(directions[at] ?? directions[0]) }))
  return [...keys, { column: 'number', direction: keys.at(-1)!.direction }]
}

function readDirection(text: string | undefined): 'asc' | 'desc' {
  if (text === undefined || text === 'desc') return 'desc'
  if (text === 'asc') return 'asc'
  throw errors.InvalidInput({ reason: `Unknown sort direction, must be 'desc' or 'asc'` })
}
