import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LATEST, startComputeCloud, type ComputeCloud, type Server } from '../testing/compute-cloud.ts'

const OLD = { 'openstack-api-version': 'compute 2.1' }

describe('actions on servers', () => {
  let cloud: ComputeCloud
  let server: Server
  beforeAll(async () => {
    cloud = await startComputeCloud({ config: { quotaInstances: -1, quotaCores: -1, quotaRamMiB: -1 } })
    server = await cloud.boot(cloud.member, { name: 'subject' })
  })
  afterAll(async () => { await cloud.stop() })

  const act = async (body: object, headers = LATEST, who = cloud.member): Promise<{ status: number; body: unknown }> => {
    const answer = await who.post<never>(`/v2.1/servers/${server.id}/action`, body, headers)
    await cloud.settled()
    server = await cloud.show(cloud.admin, server.id)
    return answer
  }

  it('switch its power, as the state allows', async () => {
    const driver = cloud.drivers.get('host1')!
    const walk: [object, string, string][] = [
      [{ 'os-stop': null }, 'SHUTOFF', 'shutdown'], [{ 'os-start': null }, 'ACTIVE', 'running'], [{ pause: null }, 'PAUSED', 'paused'], [{ unpause: null }, 'ACTIVE', 'running'],
      [{ suspend: null }, 'SUSPENDED', 'suspended'], [{ resume: null }, 'ACTIVE', 'running'], [{ reboot: { type: 'SOFT' } }, 'ACTIVE', 'running'], [{ reboot: { type: 'HARD' } }, 'ACTIVE', 'running'],
    ]
    for (const [body, status, power] of walk) {
      expect((await act(body)).status).toBe(202)
      expect([server.status, await driver.powerState(server.id)]).toEqual([status, power])
    }
    expect((await act({ 'os-start': null })).body).toEqual({ conflictingRequest: { code: 409, message: `Cannot 'start' instance ${server.id} while it is in vm_state active` } })
    expect((await act({ nonsense: null })).body).toEqual({ badRequest: { code: 400, message: 'There is no such action: nonsense' } })
    expect((await act({ reboot: { type: 'GENTLE' } })).status).toBe(400)
    expect((await act({ 'os-start': null }, LATEST, cloud.other)).status).toBe(404)
    expect((await act({ addFloatingIp: { address: '1.2.3.4' } })).status).toBe(404)
    driver.faults.add({ verb: 'pause', kind: 'fail' })
    expect((await act({ pause: null })).status).toBe(202)
    expect(server).toMatchObject({ status: 'ACTIVE', 'OS-EXT-STS:task_state': null })
  })

  it('lock it against everybody but administrators', async () => {
    expect((await act({ lock: { locked_reason: 'mine' } })).status).toBe(202)
    expect(server).toMatchObject({ locked: true, locked_reason: 'mine' })
    expect((await act({ 'os-stop': null })).body).toEqual({ conflictingRequest: { code: 409, message: `Instance ${server.id} is locked` } })
    expect((await cloud.member.delete(`/v2.1/servers/${server.id}`)).status).toBe(409)
    expect((await act({ unlock: null }, OLD)).status).toBe(202)
    expect((await act({ lock: null }, LATEST, cloud.admin)).status).toBe(202)
    expect((await act({ unlock: null })).status).toBe(403)
    expect((await act({ unlock: null }, LATEST, cloud.admin)).status).toBe(202)
    expect((await act({ 'os-resetState': { state: 'error' } }, LATEST, cloud.admin)).status).toBe(202)
    expect(server.status).toBe('ERROR')
    await act({ 'os-resetState': { state: 'active' } }, LATEST, cloud.admin)
    expect((await act({ 'os-resetState': { state: 'active' } })).status).toBe(403)
  })

  it('make images and backups of it', async () => {
    const made = await act({ createImage: { name: 'snap', metadata: { k: 'v' } } })
    const { image_id: id } = made.body as { image_id: string }
    expect(cloud.image.images.get(id)).toMatchObject({ name: 'snap', status: 'active', image_type: 'snapshot', instance_uuid: server.id, base_image_ref: cloud.imageId, k: 'v', min_disk: 1 })
    expect(server['OS-EXT-STS:task_state']).toBeNull()
    const old = await cloud.member.post(`/v2.1/servers/${server.id}/action`, { createImage: { name: 'snap' } }, OLD)
    expect(old.headers['location']).toMatch(/^http:\/\/cloud.test\/images\/[0-9a-f-]{36}$/)
    await cloud.settled()
    for (const name of ['b1', 'b2', 'b3']) expect((await act({ createBackup: { name, backup_type: 'daily', rotation: 2 } })).status).toBe(202)
    expect([...cloud.image.images.values()].filter((image) => image['backup_type'] === 'daily').map((image) => image['name'])).toEqual(['b2', 'b3'])
    const before = cloud.image.images.size
    cloud.drivers.get('host1')!.faults.add({ verb: 'snapshot', kind: 'fail' })
    await act({ createImage: { name: 'broken' } })
    expect(cloud.image.images.size).toBe(before)
    expect(server['OS-EXT-STS:task_state']).toBeNull()
  })

  it('rebuild it from another image', async () => {
    const imageRef = cloud.image.add({ name: 'other' })
    const answer = await act({ rebuild: { imageRef, name: 'rebuilt', metadata: { x: 'y' }, description: 'anew', adminPass: 'secret' } })
    expect(answer.status).toBe(202)
    expect((answer.body as { server: Server }).server).toMatchObject({ adminPass: 'secret', status: 'REBUILD', name: 'rebuilt', user_data: null })
    expect(server).toMatchObject({ status: 'ACTIVE', image: { id: imageRef }, name: 'rebuilt', metadata: { x: 'y' }, description: 'anew' })
    expect((await act({ rebuild: { imageRef: server.id } })).body).toEqual({ badRequest: { code: 400, message: 'Cannot find image for rebuild' } })
    await act({ 'os-stop': null })
    await act({ rebuild: { imageRef } })
    expect(server.status).toBe('SHUTOFF')
    await act({ 'os-start': null })
  })

  it('read its console and open others', async () => {
    const { body } = await act({ 'os-getConsoleOutput': { length: 5 } })
    expect((body as { output: string }).output.split('\n').length).toBeLessThanOrEqual(6)
    expect((await act({ 'os-getVNCConsole': { type: 'novnc' } }, OLD)).body).toMatchObject({ console: { type: 'novnc', url: expect.stringContaining('token') as string } })
    const remote = await cloud.member.post<{ remote_console: { url: string } }>(`/v2.1/servers/${server.id}/remote-consoles`, { remote_console: { protocol: 'vnc', type: 'novnc' } }, LATEST)
    const token = decodeURIComponent(remote.body.remote_console.url).split('token=')[1]!
    expect((await cloud.admin.get(`/v2.1/os-console-auth-tokens/${token}`, LATEST)).body).toMatchObject({ console: { instance_uuid: server.id, host: '127.0.0.1', port: expect.any(Number) as number } })
    expect((await cloud.admin.get('/v2.1/os-console-auth-tokens/nope', LATEST)).status).toBe(404)
    expect((await cloud.member.post(`/v2.1/servers/${server.id}/remote-consoles`, { remote_console: { protocol: 'vnc', type: 'serial' } }, LATEST)).status).toBe(400)
  })

  it('show consoles wherever there is a guest, in ERROR too', async () => {
    const vnc = { remote_console: { protocol: 'vnc', type: 'novnc' } }
    await act({ 'os-resetState': { state: 'error' } }, LATEST, cloud.admin)
    expect((await cloud.member.post(`/v2.1/servers/${server.id}/remote-consoles`, vnc, LATEST)).status).toBe(200)
    await act({ 'os-resetState': { state: 'active' } }, LATEST, cloud.admin)
    const nowhere = await cloud.boot(cloud.admin, { availability_zone: 'nova:none' })
    expect(nowhere.status).toBe('ERROR')
    expect((await cloud.admin.post(`/v2.1/servers/${nowhere.id}/remote-consoles`, vnc, LATEST)).body).toEqual({ conflictingRequest: { code: 409, message: `Instance ${nowhere.id} is not ready` } })
    await cloud.admin.delete(`/v2.1/servers/${nowhere.id}`)
    await cloud.settled()
  })

  it('change metadata, tags and NICs', async () => {
    const path = `/v2.1/servers/${server.id}`
    expect((await cloud.member.put(`${path}/metadata`, { metadata: { a: '1' } })).body).toEqual({ metadata: { a: '1' } })
    expect((await cloud.member.post(`${path}/metadata`, { metadata: { b: '2' } })).body).toEqual({ metadata: { a: '1', b: '2' } })
    expect((await cloud.member.put(`${path}/metadata/b`, { meta: { b: '3' } })).body).toEqual({ meta: { b: '3' } })
    expect((await cloud.member.delete(`${path}/metadata/b`)).status).toBe(204)
    expect((await cloud.member.delete(`${path}/metadata/b`)).body).toEqual({ itemNotFound: { code: 404, message: 'Metadata item was not found' } })
    expect((await cloud.member.put(`${path}/tags/red`, undefined, LATEST)).status).toBe(201)
    expect((await cloud.member.put(`${path}/tags/red`, undefined, LATEST)).status).toBe(204)
    expect((await cloud.member.put(`${path}/tags`, { tags: ['x', 'y', 'x'] }, LATEST)).body).toEqual({ tags: ['x', 'y'] })
    expect((await cloud.member.get(`${path}/tags/x`, LATEST)).status).toBe(204)
    expect((await cloud.member.get(`${path}/tags/z`, LATEST)).status).toBe(404)
    const attached = await cloud.member.post<{ interfaceAttachment: { port_id: string; tag: string | null } }>(`${path}/os-interface`, { interfaceAttachment: { net_id: cloud.networkId, tag: 'eth' } }, LATEST)
    expect(attached.status).toBe(200)
    expect(attached.body.interfaceAttachment).toMatchObject({ net_id: cloud.networkId, tag: 'eth', fixed_ips: [{}] })
    const { port_id: portId } = attached.body.interfaceAttachment
    await cloud.settled()
    expect(((await cloud.show(cloud.member, server.id))['addresses'] as Record<string, object[]>)['net']).toHaveLength(2)
    expect((await cloud.member.get<{ interfaceAttachments: object[] }>(`${path}/os-interface`)).body.interfaceAttachments).toHaveLength(2)
    expect((await cloud.member.delete(`${path}/os-interface/${portId}`)).status).toBe(202)
    await cloud.settled()
    expect(((await cloud.show(cloud.member, server.id))['addresses'] as Record<string, object[]>)['net']).toHaveLength(1)
    expect((await cloud.networkAdmin.get(`/v2.0/ports/${portId}`)).status).toBe(404)
    // Whether the port is one of the server's is found where it is pulled out, after the answer.
    expect((await cloud.member.delete(`${path}/os-interface/${portId}`)).status).toBe(202)
    await cloud.settled()
    const { instanceActions } = (await cloud.member.get<{ instanceActions: { request_id: string; action: string; message: string | null }[] }>(`${path}/os-instance-actions`, LATEST)).body
    const failed = instanceActions.find((one) => one.action === 'detach_interface' && one.message === 'Error')
    expect((await cloud.admin.get(`${path}/os-instance-actions/${failed!.request_id}`, LATEST)).body).toMatchObject({ instanceAction: { events: [{ result: 'Error', traceback: `Port ${portId} is not attached` }] } })
    expect((await cloud.member.get(`${path}/ips`)).body).toMatchObject({ addresses: { net: [{ version: 4 }] } })
    expect((await cloud.member.get(`${path}/ips/none`)).status).toBe(404)
    expect((await cloud.admin.get(`${path}/diagnostics`, LATEST)).body).toMatchObject({ state: 'running', num_nics: 1 })
    expect((await cloud.member.get(`${path}/os-volume_attachments`)).body).toEqual({ volumeAttachments: [] })
    expect((await cloud.member.get(`${path}/topology`, LATEST)).body).toEqual({ nodes: [], pagesize_kb: null })
  })

  it('are remembered', async () => {
    const path = `/v2.1/servers/${server.id}/os-instance-actions`
    const { body } = await cloud.member.get<{ instanceActions: { action: string; request_id: string }[] }>(path, LATEST)
    const names = body.instanceActions.map((a) => a.action)
    expect(names.at(-1)).toBe('create')
    for (const name of ['stop', 'start', 'pause', 'lock', 'unlock', 'createImage', 'createBackup', 'rebuild', 'attach_interface', 'detach_interface', 'resetState']) expect(names).toContain(name)
    const created = body.instanceActions.at(-1)!
    const shown = await cloud.admin.get<{ instanceAction: { events: object[] } }>(`${path}/${created.request_id}`, LATEST)
    expect(shown.body.instanceAction).toMatchObject({ action: 'create', message: null, events: expect.arrayContaining([expect.objectContaining({ result: 'Success', traceback: null, host: 'host1' })]) as object[] })
    expect((await cloud.member.get(`${path}/${created.request_id}`)).body).not.toHaveProperty('instanceAction.events')
    expect((await cloud.member.get(`${path}/req-nope`)).body).toEqual({ itemNotFound: { code: 404, message: 'Action req-nope not found' } })
    const page = await cloud.member.get<{ instanceActions: object[]; links: object[] }>(`${path}?limit=2`, LATEST)
    expect([page.body.instanceActions.length, page.body.links.length]).toEqual([2, 1])
  })

  it('hear of events elsewhere', async () => {
    const answer = await cloud.admin.post<{ events: { code: number }[] }>('/v2.1/os-server-external-events', { events: [{ name: 'network-changed', server_uuid: server.id }, { name: 'network-changed', server_uuid: cloud.imageId }] })
    expect([answer.status, answer.body.events.map((e) => e.code)]).toEqual([207, [200, 404]])
    expect((await cloud.member.post('/v2.1/os-server-external-events', { events: [{ name: 'network-changed', server_uuid: server.id }] })).status).toBe(403)
  })
})
