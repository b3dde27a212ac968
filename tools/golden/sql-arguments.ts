/**
 * Arguments for store methods where their types do not say enough: a text that must be a column, a value of a
 * schema. A method named here is called with each of these rows (after the context) instead of with made-up values.
 */
import type { SortKey } from '#core/listing/listing.ts'
import { silentLog } from '#core/log/log.ts'
import type { HeartbeatType } from '#services/compute/agent/compute-agent.contract.ts'
import type { ServerFilter } from '#services/compute/servers/server-list.store.ts'
import type { Condition, ImageQuery } from '#services/image/images/image-query.ts'
import type { Viewer } from '#services/image/images/list-images.store.ts'

const BY_ID: SortKey = { column: 'id', direction: 'asc' }
const BY_NAME: SortKey = { column: 'name', direction: 'asc' }
const NEWEST: SortKey = { column: 'created_at', direction: 'desc' }
const INSTANT = '2026-01-01T00:00:00.000Z'

/** Values for types by name, wherever they occur. */
export const KNOWN_TYPES: Record<string, unknown> = { SortKey: BY_ID, Log: silentLog, ConsoleType: {} }

const HEARTBEAT = { host: 'host', startedAt: INSTANT, report: { hypervisorHostname: 'host' } } as HeartbeatType

const EVERYTHING: ServerFilter = {
  projectId: 'project', userId: 'user', ids: ['id'], vmStates: ['active'], tasks: ['spawning', null], deleted: false, softDeleted: false, changesSince: INSTANT, changesBefore: INSTANT,
  locked: true, tags: ['a'], tagsAny: ['b'], notTags: ['c'], notTagsAny: ['d'], equal: { host: 'host' }, like: { display_name: 'web' }, ip: '10.0.0.1', ip6: 'fd00::1',
}
const SERVER_PAGE = { sort: [NEWEST, BY_ID], marker: undefined, limit: 10 }
const AFTER_SERVER = { ...SERVER_PAGE, marker: { id: 'id', created_at: INSTANT } }

const OWN: Viewer = { project: 'project', seesAll: false }
const IMAGES: ImageQuery = { limit: 10, marker: undefined, sort: [NEWEST, BY_ID], memberStatus: 'accepted', visibility: undefined, tags: [], conditions: [] }
const CONDITIONS: Condition[] = [
  { kind: 'equal', column: 'name', value: 'name' }, { kind: 'in', column: 'status', values: ['queued', 'active'] }, { kind: 'range', column: 'size', operator: '>=', value: 1 },
  { kind: 'property', name: 'os', value: 'linux' }, { kind: 'never' },
  ...(['gt', 'gte', 'lt', 'lte', 'eq', 'neq'] as const).map((operator): Condition => ({ kind: 'time', column: 'created_at', operator, from: INSTANT, until: INSTANT })),
]

/** `<service> <method>` → calls. */
export const CALLS: Record<string, unknown[][]> = {
  'compute saveHeartbeat': [[HEARTBEAT]],
  'compute listServerKeys': [
    [{ deleted: false, projectId: 'project', softDeleted: false }, SERVER_PAGE], [{ deleted: false, projectId: 'project' }, AFTER_SERVER], [EVERYTHING, SERVER_PAGE],
    [{ deleted: true, softDeleted: false, locked: false }, SERVER_PAGE], [{ deleted: true, like: { display_name: 'w.*b' } }, SERVER_PAGE],
  ],
  'compute findHostBy': [['number', '7'], ['node_id', 'id']],
  'compute pageOfHosts': [['number', undefined, 10], ['number', '7', 10], ['node_id', 'id', 10]],
  'image listTasks': [[{ filters: new Map(), sort: [BY_ID], limit: 10 }], [{ filters: new Map([['status', 'pending']]), sort: [NEWEST, BY_ID], marker: { id: 'id', created_at: INSTANT }, limit: 10 }]],
  'image listImages': [
    [OWN, IMAGES, undefined], [{ project: undefined, seesAll: false }, IMAGES, undefined], [{ project: 'project', seesAll: true }, IMAGES, { id: 'id', created_at: INSTANT }],
    [OWN, { ...IMAGES, memberStatus: 'all', visibility: 'shared', tags: ['tag'] }, undefined], [OWN, { ...IMAGES, visibility: 'all' }, undefined],
    ...CONDITIONS.map((condition) => [{ project: 'project', seesAll: true }, { ...IMAGES, visibility: 'all', conditions: [condition] }, undefined]),
  ],
  'image listItems': [['namespace', 'property'], ['namespace', 'property', { sort: [BY_NAME], marker: { name: 'name' }, limit: 10 }]],
  'network markTagged': [['networks', 'id', true]],
}
