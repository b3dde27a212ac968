import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '#testkit/databases.ts'
import { makeUser, passwordOf, roleId, startIdentity, type IdentityBench } from '../identity-bench.ts'

interface Assignment { role: { id: string; name?: string }; user?: { id: string; name?: string; domain?: { id: string } }; group?: { id: string }; scope: Record<string, unknown>; links: Record<string, string> }

describe.each(databases)('grants and what they come to on %s', (_name, locate) => {
  let bench: IdentityBench
  let user: string
  let group: string
  let domain: string
  let parent: string
  let child: string
  let reader: string
  beforeAll(async () => {
    bench = await startIdentity({ database: await locate() })
    user = (await makeUser(bench, 'actor')).id
    const post = async (path: string, key: string, value: object): Promise<string> => (await bench.admin.post<Record<string, { id: string }>>(path, { [key]: value })).body[key]!.id
    group = await post('/v3/groups', 'group', { name: 'team' })
    domain = await post('/v3/domains', 'domain', { name: 'land' })
    parent = await post('/v3/projects', 'project', { name: 'parent', domain_id: domain })
    child = await post('/v3/projects', 'project', { name: 'child', domain_id: domain, parent_id: parent })
    await bench.admin.put(`/v3/groups/${group}/users/${user}`, undefined)
    reader = await roleId(bench, 'reader')
  })
  afterAll(async () => { await bench.stop() })

  const list = async (query: string): Promise<Assignment[]> => (await bench.admin.get<{ role_assignments: Assignment[] }>(`/v3/role_assignments?${query}`)).body.role_assignments
  const roleIn = async (project: string): Promise<string[] | number> => {
    const answer = await bench.auth(passwordOf('actor', 'pw-actor'), { project: { id: project } })
    return answer.status === 201 ? (answer.body.token['roles'] as { name: string }[]).map((r) => r.name).toSorted() : answer.status
  }

  test('a grant: put, checked, listed, taken; taking it twice is not found', async () => {
    const path = `/v3/projects/${parent}/users/${user}/roles/${reader}`
    expect((await bench.admin.get(path)).status).toBe(404)
    expect([(await bench.admin.put(path, undefined)).status, (await bench.admin.put(path, undefined)).status]).toEqual([204, 204])
    expect((await bench.admin.get(path)).status).toBe(204)
    expect((await bench.admin.get<{ roles: { name: string }[] }>(`/v3/projects/${parent}/users/${user}/roles`)).body.roles.map((r) => r.name)).toEqual(['reader'])
    expect(await list(`user.id=${user}&include_names`)).toMatchObject([{
      role: { id: reader, name: 'reader' }, user: { id: user, name: 'actor', domain: { id: 'default', name: 'Default' } }, scope: { project: { id: parent, name: 'parent', domain: { id: domain, name: 'land' } } },
      links: { assignment: `http://cloud.test/v3/projects/${parent}/users/${user}/roles/${reader}` },
    }])
    expect(await roleIn(parent)).toEqual(['reader'])
    expect((await bench.admin.delete(path)).status).toBe(204)
    expect((await bench.admin.delete(path)).status).toBe(404)
    expect(await roleIn(parent)).toBe(401)
  })

  test('through a group, inherited from a domain, implied: all of it in the token and in the effective list', async () => {
    const admin = await roleId(bench, 'admin')
    const path = `/v3/OS-INHERIT/domains/${domain}/groups/${group}/roles/${admin}/inherited_to_projects`
    expect((await bench.admin.put(path, undefined)).status).toBe(204)
    expect((await bench.admin.get(path)).status).toBe(204)
    expect(await roleIn(child)).toEqual(['admin', 'member', 'reader'])
    expect((await bench.auth(passwordOf('actor', 'pw-actor'), { domain: { id: domain } })).status).toBe(401)
    const stored = await list(`group.id=${group}`)
    expect(stored).toMatchObject([{ group: { id: group }, scope: { domain: { id: domain }, 'OS-INHERIT:inherited_to': 'projects' }, links: { assignment: `http://cloud.test/v3/OS-INHERIT/domains/${domain}/groups/${group}/roles/${admin}/inherited_to_projects` } }])
    const effective = await list(`user.id=${user}&effective`)
    expect(effective.map((a) => [(a.scope['project'] as { id: string }).id, a.role.id])).toHaveLength(6)
    expect(effective.every((a) => a.user?.id === user && a.links['membership'] === `http://cloud.test/v3/groups/${group}/users/${user}`)).toBe(true)
    const implied = effective.find((a) => a.role.id === reader)
    expect(implied?.links['prior_role']).toContain(`/prior_role/${reader}/implies/`)
    expect(await list(`user.id=${user}&effective&scope.project.id=${child}&role.id=${reader}`)).toHaveLength(1)
    expect(await list(`effective&scope.OS-INHERIT%3Ainherited_to=projects&user.id=${user}`)).toHaveLength(6)
    await bench.admin.delete(path)
    expect(await roleIn(child)).toBe(401)
  })

  test('inherited from a project reaches what is below, not itself', async () => {
    const path = `/v3/OS-INHERIT/projects/${parent}/users/${user}/roles/${reader}/inherited_to_projects`
    await bench.admin.put(path, undefined)
    expect(await roleIn(parent)).toBe(401)
    expect(await roleIn(child)).toEqual(['reader'])
    expect((await bench.admin.get<{ projects: { id: string }[] }>(`/v3/users/${user}/projects`)).body.projects.map((p) => p.id)).toEqual([child])
    const tree = await list(`scope.project.id=${parent}&include_subtree`)
    expect(tree).toMatchObject([{ scope: { project: { id: parent }, 'OS-INHERIT:inherited_to': 'projects' } }])
    expect(await list(`scope.project.id=${parent}&include_subtree&effective`)).toMatchObject([{ scope: { project: { id: child } }, links: { assignment: `http://cloud.test${path}` } }])
    await bench.admin.delete(path)
  })

  test('roles of a domain stay in it, imply others, and show up in no token', async () => {
    const own = (await bench.admin.post<{ role: { id: string; domain_id: string } }>('/v3/roles', { role: { name: 'local', domain_id: domain } })).body.role
    expect((await bench.admin.get<{ roles: { id: string }[] }>('/v3/roles')).body.roles.map((r) => r.id)).not.toContain(own.id)
    expect((await bench.admin.get<{ roles: { id: string }[] }>(`/v3/roles?domain_id=${domain}`)).body.roles.map((r) => r.id)).toEqual([own.id])
    const elsewhere = await bench.admin.put(`/v3/projects/${(await bench.admin.get<{ projects: { id: string }[] }>('/v3/projects?name=demo')).body.projects[0]!.id}/users/${user}/roles/${own.id}`, undefined)
    expect(elsewhere.status).toBe(403)
    expect((await bench.admin.put(`/v3/system/users/${user}/roles/${own.id}`, undefined)).status).toBe(400)
    await bench.admin.put(`/v3/projects/${child}/users/${user}/roles/${own.id}`, undefined)
    expect(await roleIn(child)).toBe(401)
    expect((await bench.admin.put(`/v3/roles/${own.id}/implies/${reader}`, undefined)).status).toBe(201)
    expect(await roleIn(child)).toEqual(['reader'])
    expect((await bench.admin.delete(`/v3/roles/${own.id}`)).status).toBe(204)
    expect(await roleIn(child)).toBe(401)
  })

  test('implied roles: shown, listed, taken; the administrator\'s is implied by none', async () => {
    const [member, admin] = [await roleId(bench, 'member'), await roleId(bench, 'admin')]
    const rule = `/v3/roles/${admin}/implies/${member}`
    expect((await bench.admin.get(rule)).body).toMatchObject({ role_inference: { prior_role: { id: admin, name: 'admin' }, implies: { id: member, name: 'member' } } })
    expect((await bench.admin.request('HEAD', rule)).status).toBe(204)
    expect((await bench.admin.put(rule, undefined)).status).toBe(409)
    expect((await bench.admin.put(`/v3/roles/${reader}/implies/${admin}`, undefined)).status).toBe(403)
    expect((await bench.admin.get<{ role_inferences: object[] }>('/v3/role_inferences')).body.role_inferences).toHaveLength(2)
    expect((await bench.admin.delete(rule)).status).toBe(204)
    expect((await bench.admin.get(rule)).status).toBe(404)
    expect((await bench.admin.put(rule, undefined)).status).toBe(201)
  })

  test('a circle of implied roles is walked once', async () => {
    const [a, b] = [await roleId(bench, 'round-a'), await roleId(bench, 'round-b')]
    await bench.admin.put(`/v3/roles/${a}/implies/${b}`, undefined)
    await bench.admin.put(`/v3/roles/${b}/implies/${a}`, undefined)
    await bench.admin.put(`/v3/projects/${child}/users/${user}/roles/${a}`, undefined)
    expect(await roleIn(child)).toEqual(['round-a', 'round-b'])
    expect((await list(`user.id=${user}&effective`)).length).toBeGreaterThan(1)
  })

  test.each([
    'scope.domain.id=x&scope.project.id=y', 'scope.system=all&scope.domain.id=x', 'scope.system=all&scope.project.id=x', 'user.id=x&group.id=y', 'group.id=x&effective', 'include_subtree',
  ])('%s makes no sense and is told so', async (query) => {
    expect((await bench.admin.get(`/v3/role_assignments?${query}`)).status).toBe(400)
  })
})
