/**
 * Anything may come in to what users call: servers and what hangs on them, actions, flavors, keys, proxies. No answer
 * is a 500, and once all work has come to rest nothing is half-done: the doctor, who compares servers with placement,
 * network, hosts and operations, finds nothing.
 */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databases } from '#testkit/databases.ts'
import { administrationRoutes } from './administration.ts'
import { computeChecks } from './doctor/checks.ts'
import { computeRoutes } from './routes.ts'
import { startComputeCloud, type ComputeCloud, type Server } from './testing/compute-cloud.ts'

const administered = new Set(administrationRoutes.map((route) => `${route.method} ${route.path}`))
const routes = computeRoutes.filter((route) => !administered.has(`${route.method} ${route.path}`))

const MISSING = '00000000-0000-4000-8000-000000000001'
/** Stand for ids that only the running cloud knows. */
const SIGNS = ['<server>', '<image>', '<network>', '<port>'] as const
const text = fc.constantFrom(...SIGNS, MISSING, 'tiny', 'huge', 'key', 'a', '', ' ', 'x'.repeat(300), '-1', '0', '1', '99999999999999999999', 'é\u0000\ud800', 'a,b', 'a/b', '__proto__', 'None', 'True', '2026-01-01T00:00:00', '10.0.0.9', 'fe80::1', '^(a+)+$', '[', 'novnc', 'SOFT', 'active', 'error', 'default', 'QQ==')
const number = fc.constantFrom(-2, -1, 0, 1, 3, 0.5, 2 ** 31, 1e308)
const leaf = fc.oneof(text, number, fc.boolean(), fc.constant(null))
const junk = fc.oneof(leaf, fc.array(leaf, { maxLength: 2 }), fc.dictionary(text, leaf, { maxKeys: 2 }))
const optional = { requiredKeys: [] }
const metadata = fc.dictionary(text, leaf, { maxKeys: 2 })
const network = fc.oneof(junk, fc.constantFrom('none', 'auto'), fc.array(fc.record({ uuid: text, port: text, fixed_ip: text, tag: leaf }, optional), { maxLength: 2 }))
const device = fc.record({ boot_index: leaf, uuid: text, source_type: fc.constantFrom('image', 'blank', 'volume'), destination_type: fc.constantFrom('local', 'volume'), volume_size: leaf, guest_format: leaf }, optional)
const odd = fc.record({
  metadata, config_drive: leaf, min_count: leaf, max_count: fc.constantFrom(1, 2, '2', -1), key_name: text, security_groups: fc.array(fc.record({ name: text }), { maxLength: 2 }), availability_zone: text,
  user_data: text, tags: fc.array(text, { maxLength: 3 }), hostname: text, description: leaf, host: text, adminPass: text, accessIPv4: text, block_device_mapping_v2: fc.array(device, { maxLength: 2 }), personality: junk, 'OS-DCF:diskConfig': text,
}, optional)
const create = fc.record({ server: fc.oneof(junk, fc.tuple(fc.record({ name: text, imageRef: fc.constantFrom('<image>', MISSING, ''), flavorRef: fc.constantFrom('tiny', 'none', 1), networks: network }, optional), odd).map(([plain, extra]) => ({ name: 's', imageRef: '<image>', flavorRef: 'tiny', networks: 'none', ...plain, ...extra }))), 'os:scheduler_hints': fc.dictionary(text, leaf, { maxKeys: 1 }) }, { requiredKeys: ['server'] })

const plainActions = ['os-start', 'os-stop', 'pause', 'unpause', 'suspend', 'resume', 'confirmResize', 'revertResize', 'shelve', 'shelveOffload', 'unshelve', 'rescue', 'unrescue', 'lock', 'unlock', 'migrate', 'restore', 'forceDelete', 'trigger_crash_dump', 'injectNetworkInfo', 'resetNetwork', '__proto__']
const action = fc.oneof(
  fc.tuple(fc.constantFrom(...plainActions), fc.oneof(fc.constant(null), junk)).map(([name, given]) => Object.fromEntries([[name, given]])),
  fc.record({ reboot: fc.record({ type: fc.constantFrom('SOFT', 'HARD', 'x') }) }), fc.record({ resize: fc.record({ flavorRef: fc.constantFrom('small', 'tiny', 'huge') }) }),
  fc.record({ rebuild: fc.record({ imageRef: fc.constantFrom('<image>', MISSING), name: text, metadata, adminPass: leaf, user_data: leaf, key_name: leaf, hostname: text }, { requiredKeys: ['imageRef'] }) }),
  fc.record({ createImage: fc.record({ name: text, metadata }, optional) }), fc.record({ createBackup: fc.record({ name: text, backup_type: text, rotation: leaf }) }),
  fc.record({ 'os-getConsoleOutput': fc.record({ length: leaf }, optional) }), fc.record({ 'os-getVNCConsole': fc.record({ type: text }) }), fc.record({ changePassword: fc.record({ adminPass: leaf }) }),
  fc.record({ addSecurityGroup: fc.record({ name: text }) }), fc.record({ removeSecurityGroup: fc.record({ name: text }) }), fc.record({ addFixedIp: fc.record({ networkId: text }) }), fc.record({ removeFixedIp: fc.record({ address: text }) }),
  fc.record({ addFloatingIp: fc.record({ address: text, fixed_address: text }, optional) }), fc.record({ 'os-resetState': fc.record({ state: fc.constantFrom('active', 'error', 'x') }) }),
)
const body = fc.oneof(
  junk, fc.constant('{"broken'), create, action,
  fc.record({ server: odd }), fc.record({ metadata }), fc.record({ meta: metadata }), fc.record({ tags: fc.array(leaf, { maxLength: 3 }) }), fc.record({ interfaceAttachment: fc.record({ net_id: text, port_id: text, tag: leaf, fixed_ips: fc.array(fc.record({ ip_address: text }), { maxLength: 2 }) }, optional) }),
  fc.record({ keypair: fc.record({ name: text, public_key: text, type: text, user_id: text }, optional) }), fc.record({ flavor: fc.record({ name: text, ram: leaf, vcpus: leaf, disk: leaf, swap: leaf, id: leaf, rxtx_factor: leaf, description: leaf }, optional) }),
  fc.record({ extra_specs: metadata }), fc.record({ addTenantAccess: fc.record({ tenant: text }) }), fc.record({ remote_console: fc.record({ protocol: text, type: text }) }), fc.record({ volumeAttachment: fc.record({ volumeId: text, device: leaf }, optional) }),
  fc.record({ security_group: fc.record({ name: text, description: text }, optional) }), fc.record({ security_group_rule: fc.record({ parent_group_id: text, from_port: leaf, to_port: leaf, ip_protocol: leaf, cidr: leaf }, optional) }),
)
const key = fc.constantFrom('limit', 'marker', 'sort_key', 'sort_dir', 'all_tenants', 'name', 'ip', 'ip6', 'status', 'vm_state', 'power_state', 'changes-since', 'changes-before', 'deleted', 'tags', 'not-tags-any', 'flavor', 'image', 'host', 'locked', 'uuid', 'config_drive', 'user_id', 'is_public', 'minRam', 'property-a', '__proto__', 'metadata')
const query = fc.array(fc.tuple(key, fc.oneof(text, fc.constantFrom('display_name', 'created_at', 'uuid', 'asc', 'desc', 'ACTIVE', '%ff'))), { maxLength: 3 }).map((pairs) => new URLSearchParams(pairs).toString())
const call = fc.record({ route: fc.constantFrom(...routes), params: fc.tuple(fc.constantFrom('<server>', '<server>', '<server>', MISSING, 'key', 'tiny', '<image>', 'x'), text), version: fc.integer({ min: 1, max: 93 }), body, query, who: fc.constantFrom('admin', 'member', 'reader', 'other') })

describe.each(databases)('hostile input to compute on %s', (_name, locate) => {
  let cloud: ComputeCloud
  const known = new Map<string, string>()
  let servers: Server[] = []
  beforeAll(async () => {
    cloud = await startComputeCloud({ database: await locate() })
    for (const [id, ram] of [['small', 128], ['huge', 4_000_000]] as const) await cloud.admin.post('/v2.1/flavors', { flavor: { id, name: id, ram, vcpus: 1, disk: 2 } })
    for (const name of ['one', 'two', 'three']) servers.push(await cloud.boot(cloud.member, { name }))
    const port = await cloud.networkAdmin.post<{ port: { id: string } }>('/v2.0/ports', { port: { network_id: cloud.networkId, tenant_id: 'alpha' } })
    for (const [sign, id] of [['<image>', cloud.imageId], ['<network>', cloud.networkId], ['<port>', port.body.port.id]] as const) known.set(sign, id)
  }, 180_000)
  afterAll(async () => { await cloud.stop() })

  const withIds = (given: string): string => given.replaceAll(/<\w+>/g, (sign) => known.get(sign) ?? sign)

  /** What is left of the servers, and another where all are broken. */
  async function livingServers(): Promise<Server[]> {
    await cloud.settled()
    // What servers are made of may have been taken away, too.
    cloud.image.add({ id: cloud.imageId })
    await cloud.admin.post('/v2.1/flavors', { flavor: { id: 'tiny', name: 'm1.tiny', ram: 64, vcpus: 1, disk: 1 } })
    const { body } = await cloud.admin.get<{ servers: Server[] }>('/v2.1/servers/detail?all_tenants=1')
    const sound = body.servers.filter((server) => server.status !== 'ERROR')
    for (const server of body.servers.slice(6)) await cloud.admin.delete(`/v2.1/servers/${server.id}`)
    return sound.length > 1 ? sound.slice(0, 6) : [...sound, await cloud.boot(cloud.member)]
  }

  it('is refused, and leaves a cloud that makes sense', async () => {
    let turn = 0
    await fc.assert(fc.asyncProperty(call, async ({ route, params, version, body, query, who }) => {
      known.set('<server>', servers[turn++ % servers.length]!.id)
      let at = 0
      const path = route.path.replaceAll(/:\w+/g, () => encodeURIComponent(withIds(params[Math.min(at++, 1)]!).replace('\ud800', '')) || 'x')
      const given = typeof body === 'string' ? body : withIds(JSON.stringify(body))
      const answer = await cloud[who].request(route.method, `${path}?${withIds(query)}`, ['GET', 'DELETE'].includes(route.method) ? undefined : given, { 'openstack-api-version': `compute 2.${version}` })
      expect([200, 201, 202, 204, 400, 403, 404, 409, 410, 413, 501], `${route.method} ${path}?${query} at 2.${version} as ${who} ${given}: ${answer.text.slice(0, 300)}`).toContain(answer.status)
      if (turn % 10 === 0) servers = await livingServers()
    }), { numRuns: 1500, endOnFailure: true })
    await cloud.settled()
    const problems = []
    for (const check of computeChecks) problems.push(...await check.run(cloud.compute.context(), false))
    expect(problems).toEqual([])
  }, 300_000)
})
