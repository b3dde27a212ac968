/** Whatever is sent: an answer below 500, and nothing half-written. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databases } from '#testkit/databases.ts'
import type { TestClient } from '#testkit/http.ts'
import { addressScopeResource } from '../address-scopes/address-scope.resource.ts'
import { floatingIpResource } from '../floating-ips/floating-ip.resource.ts'
import { networkResource } from '../networks/network.resource.ts'
import { portResource } from '../ports/port.resource.ts'
import { rbacPolicyResource } from '../rbac-policies/rbac-policy.resource.ts'
import { routerResource } from '../routers/router.resource.ts'
import { securityGroupRuleResource } from '../security-groups/security-group-rule.resource.ts'
import { securityGroupResource } from '../security-groups/security-group.resource.ts'
import { subnetpoolResource } from '../subnetpools/subnetpool.resource.ts'
import { subnetResource } from '../subnets/subnet.resource.ts'
import { make, makeExternal, makeNetwork, startNetworkBench, type NetworkBench } from '../testing/network-bench.ts'
import type { Resource } from './attribute.ts'

const RESOURCES = [networkResource, subnetResource, portResource, subnetpoolResource, addressScopeResource, securityGroupResource, securityGroupRuleResource, routerResource, floatingIpResource, rbacPolicyResource] as unknown as Resource[]

/** Values near to what attributes expect, and far from it. */
function values(ids: readonly string[]): fc.Arbitrary<unknown> {
  const plausible = fc.constantFrom<unknown>(
    ...ids, '10.0.0.0/24', '10.0.0.0/8', '0.0.0.0/0', '2001:db8::/64', '::/0', '10.0.0.1', '10.0.0.255', '2001:db8::1', 'fe80::1%eth0', '010.0.0.1', 'fa:16:3e:00:00:01', 'ff:ff:ff:ff:ff:ff',
    'slaac', 'dhcpv6-stateful', 'tcp', 'icmp', '6', 'ingress', 'IPv4', 'IPv6', 'network', 'access_as_shared', '*', 'network:router_interface', 'compute:nova', 'vlan', 'flat', 'vxlan', 'provider',
    '', ' ', 'default', 'x'.repeat(256), '\u0000', '\ud800', "'; drop table ports; --", 'host.example.', '-host', null, true, false, 0, 1, -1, 4, 6, 64, 65_536, 4_294_967_296, 1e300, 1.5, Number.MAX_SAFE_INTEGER,
  )
  const keys = fc.constantFrom('network_id', 'subnet_id', 'ip_address', 'mac_address', 'start', 'end', 'destination', 'nexthop', 'opt_name', 'opt_value', 'ip_version', 'enable_snat', 'external_fixed_ips', 'delete_subnet', '__proto__', 'constructor', 'x')
  return fc.letrec((tie) => ({
    value: fc.oneof({ weight: 6, arbitrary: plausible }, { weight: 1, arbitrary: fc.string() }, { weight: 2, arbitrary: fc.array(tie('value'), { maxLength: 3 }) }, { weight: 2, arbitrary: fc.dictionary(keys, tie('value'), { maxKeys: 3, noNullPrototype: true }) }),
  })).value
}

describe.each(databases)('hostile input on %s', (_name, locate) => {
  let bench: NetworkBench
  let ids: string[]

  beforeAll(async () => {
    bench = await startNetworkBench({ database: await locate() })
    const external = await makeExternal(bench.admin)
    const inner = await makeNetwork(bench.alice)
    const router = await make(bench.alice, 'router', { external_gateway_info: { network_id: external.network.id } })
    const port = await make(bench.alice, 'port', { network_id: inner.network.id })
    const group = await make(bench.alice, 'security_group', { name: 'g' })
    const pool = await make(bench.alice, 'subnetpool', { name: 'p', prefixes: ['10.128.0.0/16'] })
    ids = [external.network.id, external.subnet.id, inner.network.id, inner.subnet.id, router.id, port.id, group.id, pool.id]
  })
  afterAll(() => bench.stop())

  /** Every other answer is a sentence; every created thing can be read back. */
  async function survives(who: TestClient, method: string, path: string, body?: unknown): Promise<void> {
    const answer = await who.request<Record<string, { id?: string }>>(method, path, body)
    expect(answer.status, `${method} ${path} ${JSON.stringify(body)} → ${answer.text}`).toBeLessThan(500)
    const id = answer.status === 201 && typeof answer.body === 'object' ? Object.values(answer.body)[0]?.id : undefined
    if (id !== undefined) expect((await bench.admin.get(`${path}/${id}`)).status).toBe(200)
  }

  for (const resource of RESOURCES) {
    const path = `/v2.0/${resource.collection.replaceAll('_', '-')}`
    it(`does not upset ${resource.collection}`, async () => {
      const settable = Object.keys(resource.attributes).filter((n) => resource.attributes[n]!.post === true || resource.attributes[n]!.put === true)
      const item = fc.dictionary(fc.constantFrom(...settable, 'id', 'nonsense'), values(ids), { maxKeys: 8, noNullPrototype: true })
      await fc.assert(fc.asyncProperty(item, fc.constantFrom(...ids, 'nothing'), fc.boolean(), async (asked, id, asAdmin) => {
        const who = asAdmin ? bench.admin : bench.alice
        const needed = Object.fromEntries(Object.entries({ network_id: ids[2], floating_network_id: ids[0], ip_version: 4, cidr: '10.77.0.0/24', security_group_id: ids[6], direction: 'ingress', prefixes: ['10.129.0.0/16'], name: 'n' }).filter(([k]) => settable.includes(k)))
        await survives(who, 'POST', path, { [resource.name]: { ...needed, ...asked } })
        await survives(who, 'PUT', `${path}/${id}`, { [resource.name]: asked })
      }), { numRuns: 120 })
    })

    it(`does not upset lists of ${resource.collection}`, async () => {
      const key = fc.constantFrom(...Object.keys(resource.attributes), 'limit', 'marker', 'sort_key', 'sort_dir', 'fields', 'page_reverse', '__proto__', 'tags')
      await fc.assert(fc.asyncProperty(fc.array(fc.tuple(key, fc.oneof(fc.string(), fc.constantFrom('1', '0', 'asc', 'desc', 'id', 'name', 'True', 'ip_address=1', '=', '', ...ids))), { maxLength: 4 }), async (pairs) => {
        await survives(bench.alice, 'GET', `${path}?${new URLSearchParams(pairs).toString()}`)
        await survives(bench.admin, 'GET', `${path}?${new URLSearchParams(pairs).toString()}`)
      }), { numRuns: 80 })
    })
  }

  it('is refused in its own words when it is no item at all', async () => {
    for (const body of ['null', '[]', '1', '"x"', '{}', '{"network":null}', '{"network":[]}', '{"networks":{}}', '{"networks":[]}', '{"networks":[null]}', '{"network":{"name":[]}}', 'nonsense', '{']) {
      const answer = await bench.alice.post('/v2.0/networks', body)
      expect(answer.status, `${body} → ${answer.text}`).toBe(400)
      expect((answer.body as unknown as { NeutronError: { type: string } }).NeutronError.type).toBe('HTTPBadRequest')
    }
  })

  it('leaves actions standing', async () => {
    await fc.assert(fc.asyncProperty(fc.constantFrom('add_router_interface', 'remove_router_interface', 'add_extraroutes', 'remove_extraroutes', 'tags'), fc.oneof(values(ids), fc.record({ router: fc.record({ routes: values(ids) }) }), fc.record({ tags: values(ids) }), fc.record({ subnet_id: values(ids) }), fc.record({ port_id: values(ids) })), async (action, body) => {
      await survives(bench.alice, 'PUT', `/v2.0/routers/${ids[4]!}/${action}`, body)
      await survives(bench.alice, 'PUT', `/v2.0/subnetpools/${ids[7]!}/add_prefixes`, body)
      await survives(bench.admin, 'PUT', '/v2.0/quotas/alpha', { quota: body })
    }), { numRuns: 200 })
  })
})
