/** What hangs on a server, asked for as a stranger, with odd queries, and by the names of versions. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LATEST, startComputeCloud, type ComputeCloud, type Server } from '../testing/compute-cloud.ts'

let cloud: ComputeCloud
let server: Server
let path: string

beforeAll(async () => {
  cloud = await startComputeCloud()
  server = await cloud.boot(cloud.member, { tags: ['red'] })
  path = `/v2.1/servers/${server.id}`
})
afterAll(async () => { await cloud.stop() })

describe('what hangs on a server of another project', () => {
  it('is not there, but for tags: those are asked about before the owner, and forbidden', async () => {
    for (const [method, rest, rule, body] of [
      ['GET', 'tags', 'index'], ['GET', 'tags/red', 'show'], ['PUT', 'tags/red', 'update'], ['PUT', 'tags', 'update_all', { tags: [] }], ['DELETE', 'tags/red', 'delete'], ['DELETE', 'tags', 'delete_all'],
    ] as const) {
      const answer = await cloud.other.request(method, `${path}/${rest}`, body, LATEST)
      expect(answer.body).toEqual({ forbidden: { code: 403, message: `Policy doesn't allow os_compute_api:os-server-tags:${rule} to be performed.` } })
    }
    for (const rest of ['metadata', 'ips', 'os-interface', 'os-instance-actions', 'os-volume_attachments']) expect((await cloud.other.get(`${path}/${rest}`, LATEST)).status).toBe(404)
    expect((await cloud.member.get(`${path}/tags`, LATEST)).body).toEqual({ tags: ['red'] })
    expect((await cloud.other.get(`/v2.1/servers/${cloud.imageId}/tags`, LATEST)).status).toBe(404)
  })
})

describe('queries of lists', () => {
  it('are held to their schema', async () => {
    const said = async (at: string, rest: string): Promise<unknown> => (await cloud.member.get<{ badRequest?: { message: string } }>(rest, { 'openstack-api-version': `compute ${at}` })).body.badRequest?.message
    expect(await said('2.1', `${path}/os-volume_attachments?limit=`)).toBe("Invalid input for query parameters limit. Value: . '' is too short")
    expect(await said('2.74', `${path}/os-volume_attachments?color=red`)).toBeUndefined()
    expect(await said('2.75', `${path}/os-volume_attachments?color=red`)).toBe("Additional properties are not allowed ('color' was unexpected)")
    expect(await said('2.1', '/v2.1/os-security-groups?offset=x')).toBe("Invalid input for query parameters offset. Value: x. 'x' does not match '^[0-9]*$'")
    expect(await said('2.1', '/v2.1/os-security-groups?limit=1&color=red')).toBeUndefined()
  })
})

describe('versions', () => {
  it('are shown by their names', async () => {
    const named = async (rest: string) => await cloud.member.get<{ version: { id: string; links: { href: string }[] } }>(rest)
    expect((await named('/v2.1/versions/v2.1')).body).toEqual((await named('/v2.1')).body)
    expect((await named('/v2.1/versions/v2.0')).body.version).toMatchObject({ id: 'v2.0', status: 'SUPPORTED', links: [{ href: 'http://cloud.test/v2.1/' }, {}] })
    expect((await named('/v2/versions/v2.1')).body).toEqual((await named('/v2')).body)
    expect((await named('/v2.1/versions/v3')).status).toBe(404)
  })
})
