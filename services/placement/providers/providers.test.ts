import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databases } from '#testkit/databases.ts'
import { client, type TestClient } from '#testkit/http.ts'
import { startBench, type Bench } from '#testkit/service-bench.ts'
import { ADMIN, MEMBER } from '#testkit/tokens.ts'
import type { PlacementContext } from '../context.ts'
import { placement } from '../service.ts'
import { claim, host } from '../testing/cloud.ts'
import { converse, id } from '../testing/conversation.ts'

describe.each(databases)('resource providers on %s', (_name, locate) => {
  let bench: Bench<PlacementContext>
  let admin: TestClient
  beforeAll(async () => {
    bench = await startBench(placement, { database: await locate() })
    admin = client(bench.pipeline, ADMIN)
  })
  afterAll(async () => { await bench.stop() })

  it('are made, shown, renamed and removed', async () => {
    const path = `/resource_providers/${id(1)}`
    const links = ['', '/inventories', '/usages', '/aggregates', '/traits', '/allocations'].map((rel) => ({ rel: rel === '' ? 'self' : rel.slice(1), href: path + rel }))
    await converse(admin, [
      { do: 'POST /resource_providers', body: { name: 'one', uuid: id(1).replaceAll('-', '') }, then: 200, is: { uuid: id(1), name: 'one', generation: 0, parent_provider_uuid: null, root_provider_uuid: id(1), links } },
      { do: `GET ${path}`, at: '1.13', then: 200, is: { uuid: id(1), name: 'one', generation: 0, links } },
      { do: `GET ${path}`, at: '1.0', then: 200, is: { uuid: id(1), name: 'one', generation: 0, links: links.slice(0, 3) } },
      { do: `GET ${path}`, at: '1.5', then: 200, shows: { links: links.slice(0, 4) } },
      { do: 'POST /resource_providers', body: { name: 'one' }, then: 409, says: 'Conflicting resource provider name: one already exists.', code: 'placement.duplicate_name' },
      { do: 'POST /resource_providers', body: { name: 'uno', uuid: id(1) }, then: 409, says: `Conflicting resource provider uuid: ${id(1)} already exists.` },
      { do: 'POST /resource_providers', body: { name: 'two', uuid: id(2) }, then: 200 },
      { do: `PUT ${path}`, body: { name: 'two' }, then: 409, says: 'Conflicting resource provider two already exists.', code: 'placement.duplicate_name' },
      { do: `PUT ${path}`, body: { name: 'eins' }, then: 200, shows: { name: 'eins', uuid: id(1) } },
      { do: `PUT ${path}`, body: { name: 'eins', uuid: id(1) }, then: 400, says: "JSON does not validate: Additional properties are not allowed ('uuid' was unexpected)" },
      { do: 'GET /resource_providers?name=eins', then: 200, shows: { resource_providers: [{ uuid: id(1) }] } },
      { do: `GET /resource_providers?uuid=${id(2)}`, then: 200, shows: { resource_providers: [{ name: 'two' }] } },
      { do: 'GET /resource_providers?uuid=x', then: 400, says: "Invalid query string parameters: 'x' is not a 'uuid'" },
      { do: `DELETE ${path}`, then: 204 },
      { do: `DELETE ${path}`, then: 404, says: `No resource provider with uuid ${id(1)} found` },
      { do: `GET ${path}`, then: 404, says: `No resource provider with uuid ${id(1)} found`, code: 'placement.undefined_code' },
      { do: `PUT ${path}`, body: { name: 'x' }, then: 404 },
      { do: `DELETE /resource_providers/${id(2)}`, then: 204 },
    ])
  })

  it('answer a creation with a location alone before 1.20, and say when they changed since 1.15', async () => {
    const old = await admin.post('/resource_providers', { name: 'old', uuid: id(3) }, { 'openstack-api-version': 'placement 1.19' })
    expect([old.status, old.text, old.headers['location']]).toEqual([201, '', `http://cloud.test/resource_providers/${id(3)}`])
    const shown = await admin.get(`/resource_providers/${id(3)}`, { 'openstack-api-version': 'placement 1.15' })
    expect(shown.headers).toMatchObject({ 'cache-control': 'no-cache', 'last-modified': expect.stringMatching(/GMT$/), 'openstack-api-version': 'placement 1.15' })
    expect((await admin.get(`/resource_providers/${id(3)}`, { 'openstack-api-version': 'placement 1.14' })).headers).not.toHaveProperty('last-modified')
  })

  it('stand in trees', async () => {
    await host(admin, 10)
    await host(admin, 11, { parent: 10 })
    await host(admin, 12, { parent: 11 })
    await host(admin, 20)
    const move = (provider: number, parent: number | null): object => ({ name: `host-${provider}`, parent_provider_uuid: parent === null ? null : id(parent) })
    await converse(admin, [
      { do: `GET /resource_providers?in_tree=${id(11)}`, then: 200, shows: { resource_providers: [{ uuid: id(10) }, { uuid: id(11) }, { uuid: id(12), parent_provider_uuid: id(11), root_provider_uuid: id(10) }] } },
      { do: `GET /resource_providers?in_tree=${id(99)}`, then: 200, is: { resource_providers: [] } },
      { do: `DELETE /resource_providers/${id(11)}`, then: 409, says: 'It has child resource providers.', code: 'placement.resource_provider.cannot_delete_parent' },
      { do: 'POST /resource_providers', body: { name: 'lost', parent_provider_uuid: id(99) }, then: 400, says: 'parent provider UUID does not exist.' },
      { do: 'POST /resource_providers', body: { name: 'own', uuid: id(98), parent_provider_uuid: id(98) }, then: 400, says: 'parent provider UUID cannot be same as UUID.' },
      { do: `PUT /resource_providers/${id(11)}`, at: '1.36', body: move(11, 20), then: 400, says: 're-parenting a provider is not currently allowed.' },
      { do: `PUT /resource_providers/${id(11)}`, at: '1.36', body: move(11, null), then: 400, says: 'un-parenting a provider is not currently allowed.' },
      { do: `PUT /resource_providers/${id(10)}`, body: move(10, 12), then: 400, says: 'creating loop in the provider tree is not allowed.' },
      { do: `PUT /resource_providers/${id(11)}`, body: move(11, 99), then: 400, says: 'parent provider UUID does not exist.' },
      { do: `PUT /resource_providers/${id(11)}`, body: move(11, 20), then: 200, shows: { root_provider_uuid: id(20), parent_provider_uuid: id(20) } },
      { do: `GET /resource_providers/${id(12)}`, then: 200, shows: { root_provider_uuid: id(20), parent_provider_uuid: id(11) } },
      { do: `PUT /resource_providers/${id(11)}`, body: move(11, null), then: 200, shows: { root_provider_uuid: id(11), parent_provider_uuid: null } },
      { do: `GET /resource_providers/${id(12)}`, then: 200, shows: { root_provider_uuid: id(11) } },
      { do: `PUT /resource_providers/${id(11)}`, at: '1.14', body: move(11, 10), then: 200, shows: { root_provider_uuid: id(10) } },
      { do: `PUT /resource_providers/${id(11)}`, at: '1.13', body: move(11, 10), then: 400 },
    ])
  })

  it('are found by what they have and are', async () => {
    await host(admin, 30, { resources: { VCPU: 4, MEMORY_MB: 1024 }, traits: ['HW_CPU_X86_AVX'], aggregates: [901] })
    await host(admin, 31, { resources: { VCPU: 8 }, traits: ['HW_CPU_X86_AVX', 'STORAGE_DISK_SSD'], aggregates: [901, 902] })
    const found = async (query: string, version = '1.39'): Promise<string[]> => {
      const answer = await admin.get<{ resource_providers: { name: string }[] }>(`/resource_providers?${query}`, { 'openstack-api-version': `placement ${version}` })
      expect(answer.status, answer.text).toBe(200)
      return answer.body.resource_providers.map((p) => p.name)
    }
    expect(await found('resources=VCPU:4')).toEqual(['host-30', 'host-31'])
    expect(await found('resources=VCPU:5')).toEqual(['host-31'])
    expect(await found('resources=VCPU:1,MEMORY_MB:1024')).toEqual(['host-30'])
    expect(await found('required=HW_CPU_X86_AVX,!STORAGE_DISK_SSD')).toEqual(['host-30'])
    expect(await found('required=in:STORAGE_DISK_SSD,STORAGE_DISK_HDD&required=HW_CPU_X86_AVX')).toEqual(['host-31'])
    expect(await found('required=STORAGE_DISK_SSD&required=HW_CPU_X86_AVX', '1.38')).toEqual(['host-30', 'host-31'])
    expect(await found(`member_of=${id(901)}&member_of=in:${id(902)},${id(903)}`)).toEqual(['host-31'])
    expect(await found(`member_of=${id(901)}&member_of=!in:${id(902)},${id(903)}`)).toEqual(['host-30'])
    expect(await found(`member_of=${id(999)}`)).toEqual([])
  })

  it('refuse what a query cannot mean', async () => {
    await converse(admin, [
      { do: 'GET /resource_providers?resources=', then: 400, says: 'Got: empty string.' },
      { do: 'GET /resource_providers?resources=VCPU', then: 400, says: 'Got: VCPU.' },
      { do: 'GET /resource_providers?resources=VCPU:x', then: 400, says: 'Requested resource VCPU expected positive integer amount. Got: x.' },
      { do: 'GET /resource_providers?resources=VCPU:0', then: 400, says: 'Requested resource VCPU requires amount >= 1. Got: 0.' },
      { do: 'GET /resource_providers?resources=NOPE:1', then: 400, says: 'Invalid resource class in resources parameter: No such resource class NOPE.' },
      { do: 'GET /resource_providers?required=NOPE', then: 400, says: 'Invalid trait(s) in "required" parameter: No such trait(s): NOPE.' },
      { do: 'GET /resource_providers?required=,HW_CPU_X86_AVX', then: 400, says: 'Got an empty trait in: ,HW_CPU_X86_AVX' },
      { do: 'GET /resource_providers?required=in:!A,B', then: 400, says: 'does not support forbidden traits' },
      { do: 'GET /resource_providers?required=in:A,B', at: '1.38', then: 400, says: 'only supported since microversion 1.39' },
      { do: 'GET /resource_providers?required=!HW_CPU_X86_AVX', at: '1.21', then: 400, says: 'of the form: HW_CPU_X86_VMX,CUSTOM_MAGIC. Got: !HW_CPU_X86_AVX' },
      { do: 'GET /resource_providers?required=HW_CPU_X86_AVX', at: '1.17', then: 400, says: "Additional properties are not allowed ('required' was unexpected)" },
      { do: `GET /resource_providers?in_tree=${id(1)}`, at: '1.13', then: 400 },
      { do: 'GET /resource_providers?resources=VCPU:1', at: '1.3', then: 400 },
      { do: `GET /resource_providers?member_of=${id(1)}`, at: '1.2', then: 400 },
      { do: `GET /resource_providers?member_of=${id(1)},${id(2)}`, then: 400, says: "Multiple values for 'member_of' must be prefixed with the 'in:'" },
      { do: 'GET /resource_providers?member_of=in:a,b', then: 400, says: 'valid UUID(s). Got: a' },
      { do: `GET /resource_providers?member_of=${id(1)}&member_of=${id(2)}`, at: '1.23', then: 400, says: 'Multiple member_of parameters are not supported' },
      { do: `GET /resource_providers?member_of=!${id(1)}`, at: '1.31', then: 400, says: 'Forbidden member_of parameters are not supported in the specified microversion' },
      { do: 'POST /resource_providers', body: { name: 'x'.repeat(201) }, then: 400, says: 'is too long' },
      { do: 'POST /resource_providers', body: { name: '' }, then: 400, says: 'name is required' },
      { do: 'POST /resource_providers', body: {}, then: 400, says: "'name' is a required property" },
      { do: 'POST /resource_providers', body: { name: 'x', parent_provider_uuid: id(1) }, at: '1.13', then: 400, says: 'parent_provider_uuid' },
    ])
  })

  it('stay while somebody holds a part of them', async () => {
    await host(admin, 40, { resources: { VCPU: 4 } })
    await converse(admin, [
      { do: `PUT /allocations/${id(41)}`, body: claim(40, { VCPU: 1 }), then: 204 },
      { do: `DELETE /resource_providers/${id(40)}`, then: 409, says: 'Resource provider has allocations.', code: 'placement.resource_provider.inuse' },
      { do: `DELETE /allocations/${id(41)}`, then: 204 },
      { do: `DELETE /resource_providers/${id(40)}`, then: 204 },
    ])
  })

  it('are for administrators', async () => {
    await converse(client(bench.pipeline, MEMBER), [
      { do: 'GET /resource_providers', then: 403, says: 'Policy does not allow placement:resource_providers:list to be performed.' },
      { do: 'POST /resource_providers', body: { name: 'mine' }, then: 403 },
    ])
  })
})
