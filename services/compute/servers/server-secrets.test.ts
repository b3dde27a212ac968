/** What a config drive tells a guest alone (its password, its files) is not kept by the service once the guest has it. */
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LATEST, startComputeCloud, type ComputeCloud, type Server } from '../testing/compute-cloud.ts'

describe('secrets of a server with a config drive', () => {
  let cloud: ComputeCloud
  let server: Server
  beforeAll(async () => { cloud = await startComputeCloud() })
  afterAll(async () => { await cloud.stop() })

  /** Names of tables that hold the text anywhere. */
  async function holding(secret: string): Promise<string[]> {
    const { db } = cloud.compute.context()
    const found: string[] = []
    for (const { name } of await db.introspection.getTables()) {
      const { rows } = await sql`select * from ${sql.table(name)}`.execute(db)
      if (JSON.stringify(rows).includes(secret)) found.push(name)
    }
    return found
  }
  async function act(body: object): Promise<{ status: number; body: Record<string, unknown> }> {
    const answer = await cloud.member.post<Record<string, unknown>>(`/v2.1/servers/${server.id}/action`, body, LATEST)
    await cloud.settled()
    return answer
  }

  it('are forgotten when it is made', async () => {
    const body = { server: { name: 's', imageRef: cloud.imageId, flavorRef: 'tiny', networks: [{ uuid: cloud.networkId }], config_drive: true, adminPass: 'made-secret', personality: [{ path: '/etc/key', contents: 'ZmlsZS1zZWNyZXQ=' }] } }
    const made = await cloud.member.post<{ server: Server }>('/v2.1/servers', body, { 'openstack-api-version': 'compute 2.56' })
    expect([made.status, made.body.server['adminPass']]).toEqual([202, 'made-secret'])
    await cloud.settled()
    server = await cloud.show(cloud.member, made.body.server.id)
    expect(server.status).toBe('ACTIVE')
    expect([await holding('made-secret'), await holding('ZmlsZS1zZWNyZXQ=')]).toEqual([[], []])
  })

  it('are forgotten when it is rebuilt and rescued', async () => {
    expect((await act({ rebuild: { imageRef: cloud.imageId, adminPass: 'rebuilt-secret' } })).status).toBe(202)
    expect((await act({ rescue: { adminPass: 'rescue-secret' } })).body).toEqual({ adminPass: 'rescue-secret' })
    expect((await cloud.show(cloud.member, server.id)).status).toBe('RESCUE')
    expect([await holding('rebuilt-secret'), await holding('rescue-secret')]).toEqual([[], []])
  })
})
