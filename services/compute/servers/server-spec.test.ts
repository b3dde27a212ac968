/** What a host is told to make a server of it. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startComputeCloud, type ComputeCloud } from '../testing/compute-cloud.ts'

let cloud: ComputeCloud
beforeAll(async () => { cloud = await startComputeCloud() })
afterAll(async () => { await cloud.stop() })

describe('the properties that shape a guest', () => {
  it('are the image\'s and the flavor\'s, but only the flavor says what is allowed', async () => {
    await cloud.admin.post('/v2.1/flavors', { flavor: { id: 'slow', name: 'slow', ram: 64, vcpus: 1, disk: 1 } })
    await cloud.admin.post('/v2.1/flavors/slow/os-extra_specs', { extra_specs: { 'quota:cpu_shares': '100' } })
    const imageRef = cloud.image.add({ hw_vif_model: 'e1000', 'quota:cpu_shares': '100000', 'quota:cpu_quota': '-1' })
    const create = vi.spyOn(cloud.drivers.get('host1')!, 'create')
    expect((await cloud.boot(cloud.member, { imageRef, flavorRef: 'slow' })).status).toBe('ACTIVE')
    expect(create.mock.calls.map(([plan]) => plan.spec.properties)).toEqual([{ hw_vif_model: 'e1000', 'quota:cpu_shares': '100' }])
  })
})
