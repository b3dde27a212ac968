import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '#testkit/databases.ts'
import { client, type TestClient } from '#testkit/http.ts'
import { ADMIN, MEMBER, OTHER, testToken } from '#testkit/tokens.ts'
import { startImageBench } from '../testing/image-bench.ts'

type Image = Record<string, unknown> & { id: string }
type Members = { members: { member_id: string; status: string }[] }

describe.each(databases)('sharing on %s', (_name, locate) => {
  let bench: Awaited<ReturnType<typeof startImageBench>>
  let owner: TestClient
  let beta: TestClient
  let gamma: TestClient
  let admin: TestClient

  beforeAll(async () => {
    bench = await startImageBench({ database: await locate(), config: { image: { memberQuota: 3 } } })
    owner = client(bench.pipeline, MEMBER)
    beta = client(bench.pipeline, OTHER)
    gamma = client(bench.pipeline, testToken({ user: 'gus', project: 'gamma' }))
    admin = client(bench.pipeline, ADMIN)
  })
  afterAll(async () => { await bench.stop() })

  async function share(...members: string[]): Promise<string> {
    const { id } = (await owner.post<Image>('/v2/images', {})).body
    for (const member of members) expect((await owner.post(`/v2/images/${id}/members`, { member })).status).toBe(200)
    return id
  }
  const listed = async (as: TestClient, query = ''): Promise<string[]> => (await as.get<{ images: Image[] }>(`/v2/images?limit=1000${query}`)).body.images.map((i) => i.id)

  test('a member sees the image by id at once, and in lists when they take it', async () => {
    const id = await share('beta')
    expect((await beta.get(`/v2/images/${id}`)).status).toBe(200)
    expect((await gamma.get(`/v2/images/${id}`)).status).toBe(404)
    expect(await listed(beta)).not.toContain(id)
    expect(await listed(beta, '&member_status=pending')).toContain(id)
    expect(await listed(beta, '&member_status=all&visibility=shared')).toContain(id)
    const taken = await beta.put(`/v2/images/${id}/members/beta`, { status: 'accepted' })
    expect(taken.body).toMatchObject({ member_id: 'beta', image_id: id, status: 'accepted', schema: '/v2/schemas/member' })
    expect(await listed(beta)).toContain(id)
    expect(await listed(gamma, '&member_status=all')).not.toContain(id)
    expect((await beta.put(`/v2/images/${id}/members/beta`, { status: 'rejected' })).status).toBe(200)
    expect(await listed(beta)).not.toContain(id)
  })

  test('the owner cannot accept for others, members know only of themselves', async () => {
    const id = await share('beta', 'gamma')
    expect((await owner.put(`/v2/images/${id}/members/beta`, { status: 'accepted' })).status).toBe(403)
    expect((await beta.put(`/v2/images/${id}/members/gamma`, { status: 'accepted' })).status).toBe(404)
    expect((await beta.get(`/v2/images/${id}/members/gamma`)).status).toBe(404)
    expect((await beta.get(`/v2/images/${id}/members/beta`)).status).toBe(200)
    expect((await beta.get<Members>(`/v2/images/${id}/members`)).body.members.map((m) => m.member_id)).toEqual(['beta'])
    expect((await owner.get<Members>(`/v2/images/${id}/members`)).body.members.map((m) => m.member_id).sort()).toEqual(['beta', 'gamma'])
    expect((await beta.delete(`/v2/images/${id}/members/beta`)).status).toBe(403)
    expect((await beta.post(`/v2/images/${id}/members`, { member: 'x' })).status).toBe(403)
    expect((await admin.put(`/v2/images/${id}/members/beta`, { status: 'accepted' })).status).toBe(200)
    expect((await owner.delete(`/v2/images/${id}/members/beta`)).status).toBe(204)
    expect((await owner.delete(`/v2/images/${id}/members/beta`)).status).toBe(404)
    expect((await beta.get(`/v2/images/${id}`)).status).toBe(404)
  })

  test('refuses doubles, too many, and what is no member', async () => {
    const id = await share('beta', 'gamma')
    expect((await owner.post(`/v2/images/${id}/members`, { member: 'beta' })).status).toBe(409)
    expect((await owner.post(`/v2/images/${id}/members`, { member: 'third' })).status).toBe(200)
    expect((await owner.post(`/v2/images/${id}/members`, { member: 'fourth' })).status).toBe(413)
    for (const body of [{}, [], 'x', { member: '' }, { member: 5 }, { member: 'x'.repeat(256) }, { member: null }]) expect((await owner.post(`/v2/images/${id}/members`, body)).status).toBe(400)
    for (const body of [{}, [], { status: 'odd' }, { status: 5 }]) expect((await beta.put(`/v2/images/${id}/members/beta`, body)).status).toBe(400)
  })

  test('only shared images have members', async () => {
    const { id } = (await owner.post<Image>('/v2/images', { visibility: 'private' })).body
    expect((await owner.post(`/v2/images/${id}/members`, { member: 'beta' })).status).toBe(403)
    expect((await owner.get(`/v2/images/${id}/members`)).status).toBe(403)
    expect((await owner.get(`/v2/images/${id}/members/beta`)).status).toBe(404)
  })

  test('tags come and go one by one', async () => {
    const { id } = (await owner.post<Image>('/v2/images', { tags: ['one'] })).body
    for (const tag of ['two', 'two', 'with%20space', '%F0%9F%90%9F']) expect((await owner.put(`/v2/images/${id}/tags/${tag}`, undefined)).status).toBe(204)
    expect(((await owner.get<Image>(`/v2/images/${id}`)).body['tags'] as string[]).sort()).toEqual(['one', 'two', 'with space', '🐟'])
    expect((await owner.delete(`/v2/images/${id}/tags/one`)).status).toBe(204)
    expect((await owner.delete(`/v2/images/${id}/tags/one`)).status).toBe(404)
    expect((await beta.put(`/v2/images/${id}/tags/x`, undefined)).status).toBe(404)
    expect((await owner.put(`/v2/images/${id}/tags/${'x'.repeat(256)}`, undefined)).status).toBe(400)
    for (let i = 0; i < 125; i += 1) expect((await owner.put(`/v2/images/${id}/tags/t${i}`, undefined)).status).toBe(204)
    expect((await owner.put(`/v2/images/${id}/tags/more`, undefined)).status).toBe(413)
  })
})
