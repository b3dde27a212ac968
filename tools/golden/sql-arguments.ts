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
import { addressScopeResource } from '#services/network/address-scopes/address-scope.resource.ts'
import { agentResource } from '#services/network/agents/agent.resource.ts'
import type { Resource } from '#services/network/attributes/attribute.ts'
import type { ListQuery } from '#services/network/attributes/list-query.ts'
import { floatingIpResource } from '#services/network/floating-ips/floating-ip.resource.ts'
import { networkResource } from '#services/network/networks/network.resource.ts'
import { portResource } from '#services/network/ports/port.resource.ts'
import { rbacPolicyResource } from '#services/network/rbac-policies/rbac-policy.resource.ts'
import { routerResource } from '#services/network/routers/router.resource.ts'
import { securityGroupResource } from '#services/network/security-groups/security-group.resource.ts'
import { securityGroupRuleResource } from '#services/network/security-groups/security-group-rule.resource.ts'
import { subnetpoolResource } from '#services/network/subnetpools/subnetpool.resource.ts'
import { subnetResource } from '#services/network/subnets/subnet.resource.ts'

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

const NETWORK_RESOURCES = [
  networkResource, subnetResource, portResource, subnetpoolResource, addressScopeResource, securityGroupResource, securityGroupRuleResource,
  agentResource, routerResource, floatingIpResource, rbacPolicyResource,
] as unknown as Resource[]
const NO_TAGS: ListQuery['tags'] = { all: [], any: [], notAll: [], notAny: [] }
const ALL_TAGS: ListQuery['tags'] = { all: ['a'], any: ['b'], notAll: ['c'], notAny: ['d'] }

/** The plain list of a resource, the page after a marker with a tag filter of each kind, and each filter that is no plain column. */
function networkLists(resource: Resource): unknown[][] {
  const plain: ListQuery = { filters: new Map(), tags: NO_TAGS, fields: undefined, sort: [], limit: undefined, marker: undefined, reverse: false }
  const own = Object.keys(resource.filters ?? {}).map((name) => [resource, { ...plain, filters: new Map([[name, [name === 'fixed_ips' ? 'ip_address=10.0.0.1' : true]]]) }])
  return [[resource, plain], [resource, { ...plain, filters: new Map([['id', ['id']]]), tags: 'tags' in resource.attributes ? ALL_TAGS : NO_TAGS, limit: 10, marker: 'id' }], ...own]
}

const LOOSE_ENDS = [[{ table: 'dhcp_bindings', column: 'network_id', to: 'networks', id: 'network_id' }], [{ table: 'dhcp_bindings', column: 'agent_id', to: 'agents', unless: '', id: 'network_id' }]]

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
  'network selectRows': NETWORK_RESOURCES.flatMap(networkLists),
  'network findRow': NETWORK_RESOURCES.map((resource) => [resource, 'id']),
  'network getRow': [[networkResource, 'id']],
  'network markTagged': [['networks', 'id', true]],
  'network revise': [['networks', 'id']],
  'network reviseAll': [['networks', ['id']]],
  'network reviseAt': [['networks', 'id', 1]],
  'network revisionOf': [['networks', 'id']],
  'network holdRow': [['networks', 'id']],
  'network countUsed': [['project', 'floatingip']],
  'network portByAddress': [[{ ipAddress: '10.0.0.1', networkId: 'id' }], [{ ipAddress: '10.0.0.1', routerId: 'id' }]],
  'network ownerOf': [['networks', 'id']],
  'network setSharing': [['networks', 'id', { shared: 1 }], ['networks', 'id', { external: 1 }]],
  'network findLost': LOOSE_ENDS,
  'network deleteLost': LOOSE_ENDS,
}
