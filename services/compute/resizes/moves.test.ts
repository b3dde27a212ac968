import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LATEST, startComputeCloud, type ComputeCloud, type Server } from '../testing/compute-cloud.ts'

describe('a server that changes its size, is rescued, is shelved', () => {
  let cloud: ComputeCloud
  let server: Server
  beforeAll(async () => {
    cloud = await startComputeCloud({ config: { quotaCores: 8 } })
    for (const [id, ram, vcpus] of [['large', 128, 2], ['giant', 128, 20]] as const) await cloud.admin.post('/v2.1/flavors', { flavor: { id, name: id, ram, vcpus, disk: 2 } })
    server = await cloud.boot(cloud.member)
  })
  afterAll(async () => { await cloud.stop() })

  const act = async (body: object, who = cloud.member): Promise<{ status: number; body: unknown }> => {
    const answer = await who.post<never>(`/v2.1/servers/${server.id}/action`, body, LATEST)
    await cloud.settled()
    await cloud.settled()
    server = await cloud.show(cloud.admin, server.id)
    return answer
  }
  const claims = async (id: string): Promise<object[]> => Object.values((await cloud.placementAdmin.get<{ allocations: Record<string, { resources: object }> }>(`/allocations/${id}`)).body.allocations).map((a) => a.resources)

  it('resizes, back and for good', async () => {
    const tiny = { VCPU: 1, MEMORY_MB: 64, DISK_GB: 1 }
    const large = { VCPU: 2, MEMORY_MB: 128, DISK_GB: 2 }
    expect((await act({ resize: { flavorRef: 'tiny' } })).body).toEqual({ badRequest: { code: 400, message: 'When resizing, instances must change flavor!' } })
    expect((await act({ resize: { flavorRef: 'none' } })).body).toEqual({ badRequest: { code: 400, message: 'Flavor none could not be found.' } })
    expect((await act({ resize: { flavorRef: 'giant' } })).body).toEqual({ forbidden: { code: 403, message: 'Quota exceeded for cores: Requested 19, but already used 1 of 8 cores' } })
    expect((await act({ confirmResize: null })).status).toBe(409)
    expect((await act({ resize: { flavorRef: 'large' } })).status).toBe(202)
    expect(server).toMatchObject({ status: 'VERIFY_RESIZE', flavor: { original_name: 'large', ram: 128 } })
    expect(await claims(server.id)).toEqual([large])
    const migrations = async (): Promise<Record<string, unknown>[]> => (await cloud.admin.get<{ migrations: Record<string, unknown>[] }>(`/v2.1/os-migrations?instance_uuid=${server.id}`, LATEST)).body.migrations
    const [migration] = await migrations()
    expect(migration).toMatchObject({ status: 'finished', migration_type: 'resize', dest_host: '127.0.0.1', old_instance_type_id: 1, new_instance_type_id: expect.any(Number) as number })
    expect(migration!['new_instance_type_id']).not.toBe(1)
    expect(await claims(String(migration!['uuid']))).toEqual([tiny])
    expect((await act({ revertResize: null })).status).toBe(202)
    expect(server).toMatchObject({ status: 'ACTIVE', flavor: { original_name: 'm1.tiny' } })
    expect(await claims(server.id)).toEqual([tiny])
    expect(await claims(String(migration!['uuid']))).toEqual([])
    await act({ 'os-stop': null })
    await act({ resize: { flavorRef: 'large' } })
    expect((await act({ confirmResize: null })).status).toBe(204)
    expect(server).toMatchObject({ status: 'SHUTOFF', flavor: { original_name: 'large' } })
    expect((await migrations()).map((m) => m['status'])).toEqual(['confirmed', 'reverted'])
    await act({ 'os-start': null })
    expect(server.status).toBe('ACTIVE')
  })

  it('goes on as it was when the host cannot', async () => {
    cloud.drivers.get('host1')!.faults.add({ verb: 'powerOff', kind: 'fail', times: 1 })
    cloud.drivers.get('host1')!.faults.add({ verb: 'powerOn', kind: 'fail', times: 1 })
    await act({ resize: { flavorRef: 'tiny' } })
    expect(server).toMatchObject({ status: 'ACTIVE', flavor: { original_name: 'large' }, 'OS-EXT-STS:task_state': null })
    cloud.drivers.get('host1')!.faults.clear()
  })

  it('is rescued', async () => {
    const answer = await act({ rescue: { adminPass: 'secret' } })
    expect(answer).toMatchObject({ status: 200, body: { adminPass: 'secret' } })
    expect(server.status).toBe('RESCUE')
    expect((await act({ 'os-stop': null })).status).toBe(409)
    expect((await act({ unrescue: null })).status).toBe(202)
    expect(server.status).toBe('ACTIVE')
    expect((await act({ rescue: { rescue_image_ref: server.id } })).status).toBe(400)
  })

  it('is shelved, leaves its host and comes back with its address', async () => {
    const { addresses } = server
    expect((await act({ shelve: null })).status).toBe(202)
    expect(server).toMatchObject({ status: 'SHELVED_OFFLOADED', 'OS-EXT-SRV-ATTR:host': null })
    expect(await claims(server.id)).toEqual([])
    expect(await cloud.drivers.get('host1')!.guests()).toEqual([])
    expect([...cloud.image.images.values()].some((image) => image['name'] === 'server-shelved')).toBe(true)
    expect((await act({ unshelve: { availability_zone: 'mars' } })).body).toEqual({ badRequest: { code: 400, message: 'The requested availability zone is not available' } })
    expect((await act({ unshelve: { availability_zone: 'internal', host: 'host1' } }, cloud.admin)).body).toEqual({ conflictingRequest: { code: 409, message: 'Host "host1" is not in the availability zone "internal".' } })
    expect((await act({ resize: { flavorRef: 'none' } })).body).toMatchObject({ conflictingRequest: { message: `Cannot 'resize' instance ${server.id} while it is in vm_state shelved_offloaded` } })
    expect((await act({ unshelve: null })).status).toBe(202)
    expect(server).toMatchObject({ status: 'ACTIVE', addresses, 'OS-EXT-SRV-ATTR:host': 'host1' })
    expect([...cloud.image.images.values()].some((image) => image['name'] === 'server-shelved')).toBe(false)
  })
})
