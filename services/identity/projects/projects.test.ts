import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '#testkit/databases.ts'
import { makeUser, onProject, roleId, startIdentity, type IdentityBench } from '../identity-bench.ts'

interface Project { id: string; name: string; parent_id: string | null; domain_id: string | null; tags: string[]; parents?: unknown; subtree?: unknown; links: { self: string } }

describe.each(databases)('projects and domains on %s', (_name, locate) => {
  let bench: IdentityBench
  beforeAll(async () => { bench = await startIdentity({ database: await locate() }) })
  afterAll(async () => { await bench.stop() })

  const make = async (value: Record<string, unknown>) => await bench.admin.post<{ project: Project }>('/v3/projects', { project: value })
  const made = async (value: Record<string, unknown>): Promise<Project> => (await make(value)).body.project
  const ids = async (query: string): Promise<string[]> => (await bench.admin.get<{ projects: Project[] }>(`/v3/projects${query}`)).body.projects.map((p) => p.id)

  test('a project is shown as it was made', async () => {
    const project = await made({ name: ' plain ', description: 'd', extra_field: [1], tags: ['b', 'a'] })
    expect(project).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{32}$/) as unknown, name: 'plain', description: 'd', domain_id: 'default', parent_id: 'default', enabled: true, is_domain: false, options: {},
      tags: ['a', 'b'], extra_field: [1], links: { self: `http://cloud.test/v3/projects/${project.id}` },
    })
    expect((await bench.admin.get<{ project: Project }>(`/v3/projects/${project.id}`)).body.project).toEqual(project)
  })

  test('names are taken once per domain, whatever their case; the race has one winner', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, async (_, n) => await make({ name: n % 2 === 0 ? 'race' : 'RACE' })))
    expect(answers.filter((a) => a.status === 201)).toHaveLength(1)
    expect(answers.filter((a) => a.status === 409)).toHaveLength(7)
    const domain = (await bench.admin.post<{ domain: { id: string } }>('/v3/domains', { domain: { name: 'elsewhere' } })).body.domain.id
    expect((await make({ name: 'race', domain_id: domain })).status).toBe(201)
    expect((await bench.admin.post('/v3/domains', { domain: { name: 'Elsewhere' } })).status).toBe(409)
  })

  test('a tree: five levels below the domain, parents and subtree in both forms', async () => {
    const chain: Project[] = []
    for (let level = 0; level < 5; level += 1) chain.push(await made({ name: `level${level}`, ...(level === 0 ? {} : { parent_id: chain.at(-1)!.id }) }))
    const deeper = await make({ name: 'too-deep', parent_id: chain.at(-1)!.id })
    expect(deeper.status).toBe(403)
    expect(deeper.body).toMatchObject({ error: { message: `Max hierarchy depth reached for ${chain.at(-1)!.id} branch.` } })
    const [top, second, third, fourth, last] = chain as [Project, Project, Project, Project, Project]
    const shown = await bench.admin.get<{ project: Project }>(`/v3/projects/${third.id}?parents_as_ids&subtree_as_ids`)
    expect(shown.body.project.parents).toEqual({ [second.id]: { [top.id]: { default: null } } })
    expect(shown.body.project.subtree).toEqual({ [fourth.id]: { [last.id]: null } })
    const admin = (await bench.admin.get<{ users: { id: string }[] }>('/v3/users?name=admin')).body.users[0]!.id
    await bench.admin.put(`/v3/projects/${last.id}/users/${admin}/roles/${await roleId(bench, 'reader')}`, undefined)
    const listed = await bench.admin.get<{ project: Project }>(`/v3/projects/${third.id}?subtree_as_list`)
    expect(listed.body.project.subtree).toMatchObject([{ project: { id: last.id } }])
    expect((await bench.admin.get(`/v3/projects/${third.id}?subtree_as_list&subtree_as_ids`)).status).toBe(400)
    expect((await bench.admin.delete(`/v3/projects/${third.id}`)).status).toBe(403)
    expect((await bench.admin.patch(`/v3/projects/${third.id}`, { project: { enabled: false } })).status).toBe(403)
    expect((await bench.admin.patch(`/v3/projects/${third.id}`, { project: { parent_id: top.id } })).status).toBe(403)
    for (const project of chain.toReversed()) expect((await bench.admin.delete(`/v3/projects/${project.id}`)).status).toBe(204)
  })

  test('tags: set, added, asked for, taken away', async () => {
    const [one, two] = [await made({ name: 'tagged1' }), await made({ name: 'tagged2' })]
    expect((await bench.admin.put<{ tags: string[] }>(`/v3/projects/${one.id}/tags`, { tags: ['red', 'blue'] })).body.tags).toEqual(['blue', 'red'])
    const added = await bench.admin.put(`/v3/projects/${two.id}/tags/red`, undefined)
    expect([added.status, added.headers['location']]).toEqual([201, `http://cloud.test/v3/projects/${two.id}/tags/red`])
    expect((await bench.admin.put(`/v3/projects/${two.id}/tags/a,b`, undefined)).status).toBe(400)
    expect((await bench.admin.get(`/v3/projects/${two.id}/tags/red`)).status).toBe(204)
    expect(await ids('?tags=red,blue')).toEqual([one.id])
    expect((await ids('?tags-any=red,blue')).toSorted()).toEqual([one.id, two.id].toSorted())
    expect(await ids('?not-tags=red,blue')).toContain(two.id)
    expect(await ids('?not-tags-any=red')).not.toContain(two.id)
    expect((await bench.admin.delete(`/v3/projects/${two.id}/tags/red`)).status).toBe(204)
    expect((await bench.admin.get(`/v3/projects/${two.id}/tags/red`)).status).toBe(404)
  })

  test('filters: exact, inexact and by domain', async () => {
    const project = await made({ name: 'Needle-In-Hay' })
    expect(await ids('?name=needle-in-hay')).toEqual([project.id])
    expect(await ids('?name__contains=In-H')).toEqual([project.id])
    expect(await ids('?name__contains=in-h')).toEqual([])
    expect(await ids('?name__icontains=in-h')).toEqual([project.id])
    expect(await ids('?name__istartswith=needle&enabled=true')).toEqual([project.id])
    expect(await ids('?enabled=false&name=needle-in-hay')).toEqual([])
    expect(await ids('?is_domain=true')).toContain('default')
  })

  test('an immutable project changes in nothing but that', async () => {
    const project = await made({ name: 'fixed', options: { immutable: true } })
    expect((await bench.admin.patch(`/v3/projects/${project.id}`, { project: { description: 'x' } })).status).toBe(403)
    expect((await bench.admin.delete(`/v3/projects/${project.id}`)).status).toBe(403)
    expect((await bench.admin.patch(`/v3/projects/${project.id}`, { project: { options: { immutable: null } } })).status).toBe(200)
    expect((await bench.admin.delete(`/v3/projects/${project.id}`)).status).toBe(204)
  })

  test('a domain goes with all that is in it, once it is disabled', async () => {
    const domain = (await bench.admin.post<{ domain: { id: string } }>('/v3/domains', { domain: { name: 'doomed' } })).body.domain.id
    const inside = await made({ name: 'inside', domain_id: domain })
    await made({ name: 'below', domain_id: domain, parent_id: inside.id })
    const group = (await bench.admin.post<{ group: { id: string } }>('/v3/groups', { group: { name: 'g', domain_id: domain } })).body.group.id
    const role = (await bench.admin.post<{ role: { id: string } }>('/v3/roles', { role: { name: 'r', domain_id: domain } })).body.role.id
    expect((await bench.admin.delete(`/v3/domains/${domain}`)).status).toBe(403)
    await bench.admin.patch(`/v3/domains/${domain}`, { domain: { enabled: false } })
    expect((await bench.admin.delete(`/v3/domains/${domain}`)).status).toBe(204)
    for (const path of [`projects/${inside.id}`, `groups/${group}`, `roles/${role}`, `domains/${domain}`]) expect((await bench.admin.get(`/v3/${path}`)).status).toBe(404)
  })

  test('a member sees their own project and no other', async () => {
    const project = await made({ name: 'mine' })
    const { password } = await makeUser(bench, 'owner', { mine: ['member'] })
    const own = await bench.login('owner', password, onProject('mine'))
    expect((await own.get(`/v3/projects/${project.id}`)).status).toBe(200)
    const other = await own.get(`/v3/projects/${(await made({ name: 'theirs' })).id}`)
    expect(other.body).toEqual({ error: { code: 403, title: 'Forbidden', message: 'You are not authorized to perform the requested action: identity:get_project.' } })
    expect((await own.get('/v3/projects')).status).toBe(403)
    expect((await own.get<{ projects: Project[] }>('/v3/auth/projects')).body.projects.map((p) => p.id)).toEqual([project.id])
  })
})
