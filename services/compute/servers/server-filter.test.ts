/** Filters and sort keys of server lists, where versions and callers differ. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startComputeCloud, type ComputeCloud, type Server } from '../testing/compute-cloud.ts'
import type { TestClient } from '#testkit/http.ts'

describe('lists of servers', () => {
  let cloud: ComputeCloud
  beforeAll(async () => {
    cloud = await startComputeCloud()
    for (const name of ['a', 'b', 'c']) await cloud.boot(cloud.member, { name, networks: 'none' })
    const gone = await cloud.boot(cloud.member, { name: 'gone', networks: 'none' })
    await cloud.member.delete(`/v2.1/servers/${gone.id}`)
    await cloud.settled()
  })
  afterAll(async () => { await cloud.stop() })

  const ask = async (who: TestClient, query: string, version = '2.93') => await who.get<{ servers: Server[]; badRequest?: { message: string } }>(`/v2.1/servers?${query}`, { 'openstack-api-version': `compute ${version}` })
  const names = async (query: string, version?: string, who = cloud.member): Promise<string> => (await ask(who, query, version)).body.servers.map((server) => server.name).join('')

  it('ignore filters that their version did not know', async () => {
    const all = 'all_tenants=1&sort_key=display_name&sort_dir=asc&'
    expect(await names(`${all}changes-before=2012-01-01T00:00:00Z`, '2.65', cloud.admin)).toBe('abc')
    expect(await names(`${all}changes-before=2012-01-01T00:00:00Z`, '2.66', cloud.admin)).toBe('')
    expect(await names(`${all}locked=1`, '2.72', cloud.admin)).toBe('abc')
    expect(await names(`${all}locked=1`, '2.73', cloud.admin)).toBe('')
  })

  it('show deleted servers to who asks by status, administrators only', async () => {
    expect((await ask(cloud.member, 'status=DELETED')).status).toBe(403)
    expect(await names('status=DELETED&all_tenants=1', '2.93', cloud.admin)).toBe('gone')
    for (const who of [cloud.member, cloud.admin]) expect(await names('vm_state=deleted&all_tenants=0', '2.93', who)).toBe('')
  })

  it('take directions by the keys they belong to', async () => {
    expect(await names('sort_key=vm_state&sort_key=display_name&sort_dir=asc')).toBe('abc')
    expect(await names('sort_key=memory_mb&sort_dir=asc', '2.1')).toBe('cba')
    expect(await names('sort_key=memory_mb&sort_dir=desc&sort_key=display_name&sort_dir=asc', '2.1')).toBe('abc')
    expect((await ask(cloud.member, 'sort_key=display_name&sort_dir=asc&sort_dir=desc')).body.badRequest?.message).toBe('Invalid input received: Sort direction size exceeds sort key size')
  })

  it('refuse flags that are none in upstream\'s words', async () => {
    const words = "Unrecognized value 'x', acceptable values are: '0', '1', 'f', 'false', 'n', 'no', 'off', 'on', 't', 'true', 'y', 'yes'"
    for (const query of ['all_tenants=x', 'locked=x']) expect((await ask(cloud.admin, query)).body.badRequest?.message, query).toBe(words)
  })
})
