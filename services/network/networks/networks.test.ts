/** Networks: who sees which, what each may set, where they are on the wire, how lists are asked. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ADMIN } from '#testkit/tokens.ts'
import { client } from '#testkit/http.ts'
import { change, make, makeNetwork, refusal, show, startNetworkBench, type Json, type NetworkBench } from '../testing/network-bench.ts'

describe('networks', () => {
  let bench: NetworkBench
  beforeAll(async () => { bench = await startNetworkBench() })
  afterAll(() => bench.stop())

  const names = (body: { networks: Json[] }): unknown[] => body.networks.map((n) => n['name'])

  it('belong to a project and are seen by others only when shared or external', async () => {
    await make(bench.alice, 'network', { name: 'mine' })
    await make(bench.admin, 'network', { name: 'for-all', shared: true })
    await make(bench.admin, 'network', { name: 'outside', 'router:external': true })
    const hers = await bench.alice.get<{ networks: Json[] }>('/v2.0/networks')
    expect(names(hers.body).sort()).toEqual(['for-all', 'mine', 'outside'])
    const his = await bench.bob.get<{ networks: Json[] }>('/v2.0/networks?sort_key=name&sort_dir=desc')
    expect(names(his.body)).toEqual(['outside', 'for-all'])
    expect(his.body.networks[0]).not.toHaveProperty('provider:network_type')
  })

  it('are counted out page by page, and refuse what the count cannot be asked', async () => {
    for (const name of ['counted-a', 'counted-b', 'counted-c']) await make(bench.alice, 'network', { name })
    type Page = { network_ip_availabilities: { network_id: string }[]; network_ip_availabilities_links?: { rel: string; href: string }[] }
    const path = '/v2.0/network-ip-availabilities'
    const all = (await bench.admin.get<Page>(`${path}?sort_key=network_id&sort_dir=asc`)).body.network_ip_availabilities.map((n) => n.network_id)
    const walked: string[] = []
    for (let href: string | undefined = `${path}?limit=2`; href !== undefined;) {
      const body: Page = (await bench.admin.get<Page>(href)).body
      walked.push(...body.network_ip_availabilities.map((n) => n.network_id))
      href = body.network_ip_availabilities_links?.find((l) => l.rel === 'next')?.href.replace('http://cloud.test', '')
    }
    expect(walked).toEqual(all)
    expect(walked.length).toBeGreaterThanOrEqual(3)
    const back = (await bench.admin.get<Page>(`${path}?limit=2&page_reverse=True&marker=${all[2]!}`)).body
    expect(back.network_ip_availabilities.map((n) => n.network_id)).toEqual(all.slice(0, 2))
    expect((await bench.admin.get<Page>(`${path}?sort_key=network_id&sort_dir=desc&fields=network_id`)).body.network_ip_availabilities).toEqual(all.toReversed().map((network_id) => ({ network_id })))
    for (const asked of [`${path}?sort_key=used_ips&sort_dir=asc`, `${path}?total_ips=1`, '/v2.0/floatingip_pools?cidr=x', '/v2.0/availability_zones?sort_key=name&sort_dir=asc']) {
      expect(`${asked} ${refusal(await bench.admin.get(asked))}`).toBe(`${asked} 400 HTTPBadRequest`)
    }
  })

  it('know no HEAD: whoever asks is told so, and nothing is read', async () => {
    const { id } = await make(bench.alice, 'network', { name: 'headless' })
    for (const path of [`/v2.0/networks/${id}`, '/v2.0/networks', '/v2.0/extensions']) {
      const answer = await bench.alice.request('HEAD', path)
      expect(`${path} ${answer.status}`).toBe(`${path} 405`)
      expect(String(answer.headers['allow'])).not.toContain('HEAD')
    }
    expect((await bench.alice.request('HEAD', '/')).status).toBe(200)
    expect((await client(bench.pipeline).request('HEAD', `/v2.0/networks/${id}`)).status).toBe(401)
  })

  it('show their place on the wire to administrators alone, and let nobody else choose it', async () => {
    const made = await make(bench.admin, 'network', { 'provider:network_type': 'flat', 'provider:physical_network': 'provider' })
    expect(made).toMatchObject({ 'provider:network_type': 'flat', 'provider:physical_network': 'provider', 'provider:segmentation_id': null, mtu: 1500 })
    const again = { network: { 'provider:network_type': 'flat', 'provider:physical_network': 'provider' } }
    expect(refusal(await bench.admin.post('/v2.0/networks', again))).toBe('409 FlatNetworkInUse')
    expect(refusal(await bench.admin.post('/v2.0/networks', { network: { 'provider:network_type': 'flat', 'provider:physical_network': 'unknown' } }))).toBe('400 InvalidInput')
    expect(refusal(await bench.alice.post('/v2.0/networks', again))).toBe('403 PolicyNotAuthorized')
    const vlan = await make(bench.admin, 'network', { 'provider:network_type': 'vlan', 'provider:physical_network': 'external', 'provider:segmentation_id': '42' })
    expect(vlan['provider:segmentation_id']).toBe(42)
    const overlay = await make(bench.admin, 'network', {})
    expect(overlay).toMatchObject({ 'provider:network_type': 'vxlan', mtu: 1450 })
    const taken = { network: { 'provider:network_type': 'vxlan', 'provider:segmentation_id': overlay['provider:segmentation_id'] } }
    expect(refusal(await bench.admin.post('/v2.0/networks', taken))).toBe('409 TunnelIdInUse')
  })

  it('keep their place on the wire, but may take another identifier while nothing is plugged in', async () => {
    const { network } = await makeNetwork(bench.admin)
    const id = String(network['provider:segmentation_id'])
    expect(await change(bench.admin, 'network', network.id, { 'provider:network_type': 'vxlan', name: 'same place' })).toMatchObject({ 'provider:segmentation_id': Number(id) })
    const { network: other } = await makeNetwork(bench.admin)
    const put = async (asked: object): Promise<string> => refusal(await bench.admin.put(`/v2.0/networks/${network.id}`, { network: asked }))
    expect(await put({ 'provider:network_type': 'vlan' })).toBe('400 InvalidInput')
    expect(await put({ 'provider:segmentation_id': other['provider:segmentation_id'] })).toBe('409 TunnelIdInUse')
    expect(await put({ 'provider:segmentation_id': 99_999_999 })).toBe('400 InvalidInput')
    expect(await show(bench.admin, 'network', network.id)).toMatchObject({ 'provider:segmentation_id': Number(id) })
    expect(await change(bench.admin, 'network', network.id, { 'provider:segmentation_id': 65_432 })).toMatchObject({ 'provider:segmentation_id': 65_432 })
    const again = await make(bench.admin, 'network', { 'provider:network_type': 'vxlan', 'provider:segmentation_id': id })
    expect(again['provider:segmentation_id']).toBe(Number(id))
    expect(refusal(await bench.alice.put(`/v2.0/networks/${network.id}`, { network: { 'provider:segmentation_id': 3 } }))).toBe('404 NetworkNotFound')
  })

  it('may lie on several segments', async () => {
    const segments = [{ 'provider:network_type': 'vlan', 'provider:physical_network': 'provider', 'provider:segmentation_id': 7 }, { 'provider:network_type': 'vxlan', 'provider:segmentation_id': 70_000 }]
    const made = await make(bench.admin, 'network', { segments })
    expect(made['segments']).toEqual([{ ...segments[0] }, { ...segments[1], 'provider:physical_network': null }])
    expect(made).not.toHaveProperty('provider:network_type')
    expect(made['mtu']).toBe(1450)
    expect(refusal(await bench.admin.post('/v2.0/networks', { network: { segments, 'provider:network_type': 'vxlan' } }))).toBe('400 SegmentsSetInConjunctionWithProviders')
    const anywhere = await make(bench.admin, 'network', { segments: [] })
    expect(anywhere['provider:network_type']).toBe('vxlan')
    expect(await change(bench.admin, 'network', anywhere.id, { segments: [], name: 'still there' })).toMatchObject({ name: 'still there', 'provider:network_type': 'vxlan' })
  })

  it('are asked for by filter, field, order and page', async () => {
    const who = client(bench.pipeline, ADMIN)
    for (const name of ['page-a', 'page-b', 'page-c', 'page-d', 'page-e']) await make(who, 'network', { name, description: 'paged' })
    const first = await who.get<{ networks: Json[]; networks_links: { rel: string; href: string }[] }>('/v2.0/networks?description=paged&sort_key=name&sort_dir=asc&limit=2&fields=name&fields=id')
    expect(first.body.networks.map((n) => Object.keys(n).sort())).toEqual([['id', 'name'], ['id', 'name']])
    expect(names(first.body)).toEqual(['page-a', 'page-b'])
    const next = first.body.networks_links.find((l) => l.rel === 'next')!
    const second = await who.get<{ networks: Json[]; networks_links: { rel: string; href: string }[] }>(next.href.replace('http://cloud.test', ''))
    expect(names(second.body)).toEqual(['page-c', 'page-d'])
    const last = await who.get<{ networks: Json[]; networks_links: { rel: string }[] }>(second.body.networks_links.find((l) => l.rel === 'next')!.href.replace('http://cloud.test', ''))
    expect(names(last.body)).toEqual(['page-e'])
    expect(last.body.networks_links.map((l) => l.rel)).toEqual(['previous'])
    const back = await who.get<{ networks: Json[] }>(second.body.networks_links.find((l) => l.rel === 'previous')!.href.replace('http://cloud.test', ''))
    expect(names(back.body)).toEqual(['page-a', 'page-b'])
    expect(refusal(await who.get('/v2.0/networks?limit=-1'))).toBe('400 BadRequest')
    expect(refusal(await who.get('/v2.0/networks?sort_key=nothing&sort_dir=asc'))).toBe('400 HTTPBadRequest')
    expect((await who.get<{ networks: Json[] }>('/v2.0/networks?name=page-a&name=page-e')).body.networks).toHaveLength(2)
  })

  it('are made several at once, all or none', async () => {
    const two = await bench.alice.post<{ networks: Json[] }>('/v2.0/networks', { networks: [{ name: 'x' }, { network: { name: 'y' } }] })
    expect(two.status).toBe(201)
    expect(names(two.body)).toEqual(['x', 'y'])
    const broken = await bench.admin.post('/v2.0/networks', { networks: [{ name: 'half' }, { name: 'half', 'provider:network_type': 'flat', 'provider:physical_network': 'provider' }] })
    expect(refusal(broken)).toBe('409 FlatNetworkInUse')
    expect((await bench.admin.get<{ networks: Json[] }>('/v2.0/networks?name=half')).body.networks).toEqual([])
  })

  it('change only while they are what the client believes', async () => {
    const made = await make(bench.alice, 'network', { name: 'v1' })
    const match = { 'if-match': `revision_number=${String(made['revision_number'])}` }
    const changed = await bench.alice.put<{ network: Json }>(`/v2.0/networks/${made.id}`, { network: { name: 'v2' } }, match)
    expect(changed.status).toBe(200)
    expect(changed.body.network['revision_number']).toBe(Number(made['revision_number']) + 1)
    expect(refusal(await bench.alice.put(`/v2.0/networks/${made.id}`, { network: { name: 'v3' } }, match))).toBe('412 RevisionNumberConstraintFailed')
    expect(refusal(await bench.alice.delete(`/v2.0/networks/${made.id}`, match))).toBe('412 RevisionNumberConstraintFailed')
    expect((await show(bench.alice, 'network', made.id))['name']).toBe('v2')
  })

  it('stay while somebody has a port on them, and take their subnets along', async () => {
    const { network, subnet } = await makeNetwork(bench.alice, '10.7.0.0/24')
    const port = await make(bench.alice, 'port', { network_id: network.id })
    const refused = await bench.alice.delete(`/v2.0/networks/${network.id}`)
    expect(refusal(refused)).toBe('409 NetworkInUse')
    expect(refused.text).toContain(port.id)
    await bench.alice.delete(`/v2.0/ports/${port.id}`)
    expect((await bench.alice.delete(`/v2.0/networks/${network.id}`)).status).toBe(204)
    expect(refusal(await bench.alice.get(`/v2.0/subnets/${subnet.id}`))).toBe('404 SubnetNotFound')
  })

  it('are shared with one project by a policy, and taken back when unused', async () => {
    const { network } = await makeNetwork(bench.alice, '10.8.0.0/24', { name: 'lent' })
    expect(refusal(await bench.bob.get(`/v2.0/networks/${network.id}`))).toBe('404 NetworkNotFound')
    const policy = await make(bench.alice, 'rbac_policy', { object_type: 'network', object_id: network.id, action: 'access_as_shared', target_tenant: 'beta' })
    expect(await show(bench.bob, 'network', network.id)).toMatchObject({ shared: true, name: 'lent' })
    expect((await show(bench.alice, 'network', network.id))['shared']).toBe(false)
    expect(refusal(await bench.alice.post('/v2.0/rbac-policies', { rbac_policy: { object_type: 'network', object_id: network.id, action: 'access_as_shared', target_tenant: 'beta' } }))).toBe('409 DuplicateRbacPolicy')
    expect(refusal(await bench.alice.post('/v2.0/rbac-policies', { rbac_policy: { object_type: 'network', object_id: network.id, action: 'access_as_shared', target_tenant: '*' } }))).toBe('403 PolicyNotAuthorized')
    const port = await make(bench.bob, 'port', { network_id: network.id })
    expect(refusal(await bench.alice.delete(`/v2.0/rbac-policies/${policy.id}`))).toBe('409 RbacPolicyInUse')
    await bench.bob.delete(`/v2.0/ports/${port.id}`)
    expect((await bench.alice.delete(`/v2.0/rbac-policies/${policy.id}`)).status).toBe(204)
    expect(refusal(await bench.bob.get(`/v2.0/networks/${network.id}`))).toBe('404 NetworkNotFound')
  })

  it('carry tags that lists can ask for', async () => {
    const [red, both] = [await make(bench.alice, 'network', { name: 't1' }), await make(bench.alice, 'network', { name: 't2' })]
    await bench.alice.put(`/v2.0/networks/${red.id}/tags`, { tags: ['red'] })
    await bench.alice.put(`/v2.0/networks/${both.id}/tags`, { tags: ['red', 'blue'] })
    const asked = async (query: string): Promise<unknown[]> => names((await bench.alice.get<{ networks: Json[] }>(`/v2.0/networks?name=t1&name=t2&sort_key=name&sort_dir=asc&${query}`)).body)
    expect(await asked('tags=red,blue')).toEqual(['t2'])
    expect(await asked('tags-any=red,blue')).toEqual(['t1', 't2'])
    expect(await asked('not-tags=red,blue')).toEqual(['t1'])
    expect(await asked('not-tags-any=blue')).toEqual(['t1'])
    expect((await bench.alice.get(`/v2.0/networks/${red.id}/tags/red`)).status).toBe(204)
    expect(refusal(await bench.alice.get(`/v2.0/networks/${red.id}/tags/green`))).toBe('404 TagNotFound')
    expect((await bench.alice.put(`/v2.0/networks/${red.id}/tags/green`, undefined)).status).toBe(201)
    expect((await show(bench.alice, 'network', red.id))['tags']).toEqual(['green', 'red'])
    expect((await bench.alice.delete(`/v2.0/networks/${red.id}/tags`)).status).toBe(204)
    expect(refusal(await bench.bob.get(`/v2.0/networks/${red.id}/tags`))).toBe('404 TagResourceNotFound')
  })

  it('are limited by quota', async () => {
    const limited = await startNetworkBench({ config: { network: { quotaNetwork: 2 } } })
    await make(limited.alice, 'network', {})
    expect(refusal(await limited.alice.post('/v2.0/networks', { networks: [{}, {}] }))).toBe('409 OverQuota')
    await limited.admin.put('/v2.0/quotas/alpha', { quota: { network: 3 } })
    expect((await limited.alice.post('/v2.0/networks', { networks: [{}, {}] })).status).toBe(201)
    const details = await limited.alice.get<{ quota: Record<string, unknown> }>('/v2.0/quotas/alpha/details')
    expect(details.body.quota['network']).toEqual({ used: 3, limit: 3, reserved: 0 })
    expect(refusal(await limited.alice.get('/v2.0/quotas/beta'))).toBe('403 PolicyNotAuthorized')
    await limited.stop()
  })

  it('are found only by those who may see them, whatever is tried', async () => {
    const made = await make(bench.alice, 'network', { name: 'secret' })
    expect(refusal(await bench.bob.put(`/v2.0/networks/${made.id}`, { network: { name: 'x' } }))).toBe('404 NetworkNotFound')
    expect(refusal(await bench.bob.delete(`/v2.0/networks/${made.id}`))).toBe('404 NetworkNotFound')
    expect(refusal(await bench.bob.post('/v2.0/ports', { port: { network_id: made.id } }))).toBe('404 NetworkNotFound')
    expect(refusal(await bench.bob.post('/v2.0/networks', { network: { tenant_id: 'alpha' } }))).toBe('400 HTTPBadRequest')
    expect((await change(bench.admin, 'network', made.id, { shared: true }))['shared']).toBe(true)
    expect(refusal(await bench.bob.delete(`/v2.0/networks/${made.id}`))).toBe('403 PolicyNotAuthorized')
  })
})
