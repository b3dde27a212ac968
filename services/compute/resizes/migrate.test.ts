import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startComputeCloud, type ComputeCloud, type Server } from '../testing/compute-cloud.ts'

describe('migrating a server', () => {
  let cloud: ComputeCloud
  let server: Server
  beforeAll(async () => {
    cloud = await startComputeCloud()
    server = await cloud.boot(cloud.member)
  })
  afterAll(async () => { await cloud.stop() })

  const migrate = async (body: unknown = null, version = '2.93', who = cloud.admin): Promise<{ status: number; message: string }> => {
    const { status, body: answer } = await who.post<Record<string, { message: string }>>(`/v2.1/servers/${server.id}/action`, { migrate: body }, { 'openstack-api-version': `compute ${version}` })
    return { status, message: Object.values(answer)[0]?.message ?? '' }
  }
  const untouched = async (): Promise<void> => { expect(await cloud.show(cloud.admin, server.id)).toMatchObject({ status: 'ACTIVE', 'OS-EXT-STS:task_state': null, 'OS-EXT-SRV-ATTR:host': 'host1' }) }

  it('is refused with the reason of the only host, and changes nothing', async () => {
    const alone = { status: 400, message: `No valid host was found. There are not enough hosts available: of 1 host, refused 1 by different-host (host1: server ${server.id} is on it).` }
    expect(await migrate()).toEqual(alone)
    expect(await migrate('anything', '2.1')).toEqual(alone)
    await untouched()
  })

  it('is refused where upstream refuses it, in its words', async () => {
    expect(await migrate({ host: 'mars' })).toEqual({ status: 400, message: 'Compute host mars could not be found.' })
    expect(await migrate({ host: 'host1' })).toEqual({ status: 400, message: 'Cannot migrate to the host where the server exists.' })
    expect((await migrate({ host: '' })).status).toBe(400)
    expect((await migrate({ to: 'host1' })).status).toBe(400)
    expect(await migrate(null, '2.93', cloud.member)).toEqual({ status: 403, message: "Policy doesn't allow os_compute_api:os-migrate-server:migrate to be performed." })
    await cloud.member.post(`/v2.1/servers/${server.id}/action`, { suspend: null })
    await cloud.settled()
    expect(await migrate()).toEqual({ status: 409, message: `Cannot 'migrate' instance ${server.id} while it is in vm_state suspended` })
    await cloud.member.post(`/v2.1/servers/${server.id}/action`, { resume: null })
    await cloud.settled()
  })

  it('names the host that would do, which needs its disks moved', async () => {
    await cloud.addHost('host2')
    await cloud.settled()
    const { status, message } = await migrate()
    expect([status, message]).toEqual([400, expect.stringContaining('Host host2 has room for it')])
    await untouched()
  })
})
