/**
 * What servers looked like in older versions, newest rules first in the schema files. A change of behaviour is an
 * input of the command: `networks` is 'legacy' for a client that could leave it out.
 */
import { added, shapeVersions, since, type Delta } from '#core/versions/versions.ts'
import { Personality } from '../schema/parameter-types.ts'
import { FLAVOR_REF, networkItem, ServerCreate, ServerRebuild, ServerUpdate } from './server.schema.ts'
import { IGNORED_SORT_KEYS, SERVER_SORT_KEYS, ServerListQuery, sortKeys } from './server-query.schema.ts'

type Json = Record<string, unknown>

function properties(schema: Json, ...path: string[]): Json {
  let at = schema
  for (const key of path) at = (at['properties'] as Record<string, Json>)[key]!
  return at['properties'] as Json
}

/** Changes every server of a reply. */
function eachServer(change: (server: Json) => Json): (body: Json) => Json {
  return (body) => {
    if (body['server'] !== undefined) return { ...body, server: change(body['server'] as Json) }
    return body['servers'] === undefined ? body : { ...body, servers: (body['servers'] as Json[]).map(change) }
  }
}

function omit(object: Json, keys: readonly string[]): Json {
  const kept: Json = {}
  for (const key in object) if (!keys.includes(key)) kept[key] = object[key]
  return kept
}

function both(...names: string[]) {
  return added(...names.flatMap((name) => [`server.${name}`, `servers[].${name}`]))
}

const EXTENDED = ['reservation_id', 'launch_index', 'hostname', 'kernel_id', 'ramdisk_id', 'root_device_name', 'user_data'].map((name) => `OS-EXT-SRV-ATTR:${name}`)

/** Until 2.89 only those who see the host saw the host name. */
function hideHostname(server: Json): Json {
  return server['OS-EXT-SRV-ATTR:host'] !== undefined ? server : omit(server, ['OS-EXT-SRV-ATTR:hostname'])
}

/** Until 2.46 the flavor was a reference. */
function referFlavor(server: Json): Json {
  const flavor = server['flavor'] as { [FLAVOR_REF]?: object } | undefined
  return flavor?.[FLAVOR_REF] === undefined ? server : { ...server, flavor: flavor[FLAVOR_REF] }
}

function bareVolumes(server: Json): Json {
  const volumes = server['os-extended-volumes:volumes_attached'] as Json[] | undefined
  return volumes === undefined || volumes.length === 0 ? server : { ...server, 'os-extended-volumes:volumes_attached': volumes.map((v) => ({ id: v['id'] })) }
}

const replies: Delta[] = [
  since('2.3', { response: both(...EXTENDED), lower: eachServer(bareVolumes) }),
  since('2.9', { response: both('locked') }),
  since('2.16', { response: both('host_status') }),
  since('2.19', { response: both('description') }),
  since('2.26', { response: both('tags') }),
  since('2.47', { lower: eachServer(referFlavor) }),
  since('2.63', { response: both('trusted_image_certificates') }),
  since('2.71', { response: both('server_groups') }),
  since('2.73', { response: both('locked_reason') }),
  since('2.90', { lower: eachServer(hideHostname) }),
]

export const serverReplies = shapeVersions({ deltas: replies })

/** What PUT and rebuild did not show until 2.74. */
const LATE = ['OS-EXT-AZ:availability_zone', 'config_drive', 'OS-SRV-USG:launched_at', 'OS-SRV-USG:terminated_at', 'security_groups', 'OS-EXT-STS:task_state', 'OS-EXT-STS:vm_state',
  'OS-EXT-STS:power_state', 'os-extended-volumes:volumes_attached', 'OS-EXT-SRV-ATTR:host', 'OS-EXT-SRV-ATTR:instance_name', 'OS-EXT-SRV-ATTR:hypervisor_hostname', ...EXTENDED, 'host_status']

/** Addresses came without type and MAC. */
function plainAddresses(server: Json): Json {
  const addresses = server['addresses'] as Record<string, Json[]> | undefined
  if (addresses === undefined) return server
  return { ...server, addresses: Object.fromEntries(Object.entries(addresses).map(([label, list]) => [label, list.map((a) => ({ version: a['version'], addr: a['addr'] }))])) }
}

const briefBefore275 = since('2.75', { lower: eachServer((server) => plainAddresses(omit(server, LATE))) })

export const serverUpdateVersions = shapeVersions({
  request: ServerUpdate,
  deltas: [
    ...replies, since('2.75', { lower: eachServer((server) => plainAddresses(omit(server, [...LATE, 'key_name']))) }),
    since('2.19', { request: added('server.description') }), since('2.90', { request: added('server.hostname') }),
  ],
})

export const serverRebuildVersions = shapeVersions({
  request: ServerRebuild,
  deltas: [
    ...replies, briefBefore275, since('2.54', { request: added('rebuild.key_name'), lower: eachServer((server) => omit(server, ['key_name'])) }),
    since('2.19', { request: added('rebuild.description') }),
    since('2.57', { request: added('rebuild.user_data'), response: added('server.user_data') }),
    since('2.63', { request: added('rebuild.trusted_image_certificates') }), since('2.90', { request: added('rebuild.hostname') }),
    since('2.57', { olderSchema: withFiles('rebuild') }),
  ],
})

/** Injected files ended with 2.56. */
function withFiles(key: string): (schema: Json) => Json {
  return (schema) => { properties(schema, key)['personality'] = Personality; return schema }
}

const freeNetworks = (tag: boolean): object => ({ type: 'array', items: networkItem({ uuid: { type: 'string' }, tag }) })
const chosenNetworks = { oneOf: [{ type: 'array', items: networkItem({ uuid: { type: 'string', format: 'uuid' }, tag: false }) }, { type: 'string', enum: ['none', 'auto'] }] }

function setNetworks(networks: object): (schema: Json) => Json {
  return (schema) => { properties(schema, 'server')['networks'] = networks; return schema }
}

function dropDeviceTag(schema: Json): Json {
  delete ((properties(schema, 'server')['block_device_mapping_v2'] as { items: { properties: Json } }).items.properties)['tag']
  return schema
}

function addDeviceTag(schema: Json): Json {
  ;((properties(schema, 'server')['block_device_mapping_v2'] as { items: { properties: Json } }).items.properties)['tag'] = { type: 'string', minLength: 1, maxLength: 60, pattern: '^[^,/]*$' }
  return schema
}

function networksOptional(schema: Json): Json {
  const server = (schema['properties'] as Record<string, { required: string[]; properties: Json }>)['server']!
  server.required = server.required.filter((name) => name !== 'networks')
  server.properties['networks'] = freeNetworks(true)
  return schema
}

function lift(change: (server: Json) => Json): (body: Json) => Json {
  return (body) => ({ ...body, server: change({ ...(body['server'] as Json) }) })
}

export const serverCreateVersions = shapeVersions({
  request: ServerCreate,
  deltas: [
    since('2.19', { request: added('server.description'), lift: lift((server) => ({ ...server, description: String(server['name']).trim() })) }),
    since('2.32', { olderSchema: (schema) => dropDeviceTag(setNetworks(freeNetworks(false))(schema)) }),
    since('2.33', { olderSchema: addDeviceTag }),
    since('2.37', { olderSchema: networksOptional, lift: lift((server) => ({ ...server, networks: server['networks'] ?? 'legacy' })) }),
    since('2.42', { olderSchema: (schema) => dropDeviceTag(setNetworks(chosenNetworks)(schema)) }),
    since('2.52', { request: added('server.tags') }),
    since('2.57', { olderSchema: withFiles('server') }),
    since('2.63', { request: added('server.trusted_image_certificates') }),
    since('2.67', { olderSchema: (schema) => { delete ((properties(schema, 'server')['block_device_mapping_v2'] as { items: { properties: Json } }).items.properties)['volume_type']; return schema } }),
    since('2.74', { request: added('server.host', 'server.hypervisor_hostname') }),
    since('2.90', { request: added('server.hostname') }),
  ],
})

function closeTo(query: (schema: Json) => void): (schema: Json) => Json {
  return (schema) => { query(schema['properties'] as Json); return schema }
}

export const serverListQuery = shapeVersions({
  request: ServerListQuery,
  deltas: [
    since('2.26', { olderSchema: closeTo((names) => { for (const name of ['tags', 'tags-any', 'not-tags', 'not-tags-any']) delete names[name] }) }),
    since('2.66', { olderSchema: closeTo((names) => { delete names['changes-before'] }) }),
    since('2.73', { olderSchema: closeTo((names) => { delete names['locked'] }) }),
    since('2.75', { olderSchema: (schema) => {
      ;(schema['properties'] as Json)['sort_key'] = sortKeys([...SERVER_SORT_KEYS, ...IGNORED_SORT_KEYS])
      return { ...schema, additionalProperties: true }
    } }),
  ],
})

const OPEN_FILTERS = ['reservation_id', 'name', 'status', 'image', 'flavor', 'ip', 'changes-since', 'all_tenants']
const FILTERS_SINCE: [number, string[]][] = [
  [5, ['ip6']], [26, ['tags', 'tags-any', 'not-tags', 'not-tags-any']], [66, ['changes-before']], [73, ['locked']],
  [83, ['availability_zone', 'config_drive', 'key_name', 'created_at', 'launched_at', 'terminated_at', 'power_state', 'task_state', 'vm_state', 'progress', 'user_id']],
  [90, ['hostname']],
]

export type ServerRules = ReturnType<typeof rulesOf>
const rulesByVersion = new Map<number, ServerRules>()

/** Rules of behaviour that came with a version; inputs of queries and commands. */
export function serverRules(version: number): ServerRules {
  const known = rulesByVersion.get(version) ?? rulesOf(version)
  rulesByVersion.set(version, known)
  return known
}

function rulesOf(version: number) {
  return {
    /** Filters that need no special permission. */
    openFilters: new Set([...OPEN_FILTERS, ...FILTERS_SINCE.filter(([from]) => version >= from).flatMap(([, names]) => names)]),
    /** Filters that nobody had yet: ignored, like any unknown name was. */
    unknownFilters: new Set([...(version < 66 ? ['changes-before'] : []), ...(version < 73 ? ['locked'] : [])]),
    badStatusRefused: version >= 38,
    tagFilters: version >= 26,
    sortsByLocked: version >= 73,
    showsServerGroups: version >= 71,
    imageIdInBody: version >= 45,
    requestedHost: version >= 74,
    showsHostStatus: version >= 16,
  }
}
