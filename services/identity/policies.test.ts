import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Policy } from '#core/policy/policy.ts'
import type { TestClient } from '#testkit/http.ts'
import { makeUser, onProject, projectId, roleId, startIdentity, type IdentityBench } from './identity-bench.ts'
import { policies } from './policies.ts'
import { routes } from './routes.ts'

type Who = 'anonymous' | 'unscoped' | 'reader' | 'member' | 'admin' | 'systemReader' | 'systemAdmin' | 'domainReader' | 'domainAdmin'
const EVERYBODY: Who[] = ['anonymous', 'unscoped', 'reader', 'member', 'admin', 'systemReader', 'systemAdmin', 'domainReader', 'domainAdmin']

async function castOf(bench: IdentityBench): Promise<Record<Who, TestClient>> {
  const [reader, admin] = [await roleId(bench, 'reader'), await roleId(bench, 'admin')]
  const people: Record<string, { id: string; password: string }> = {}
  for (const name of ['unscoped', 'reader', 'member', 'systemReader', 'systemAdmin', 'domainReader', 'domainAdmin']) people[name] = await makeUser(bench, name, name === 'reader' || name === 'member' ? { demo: [name] } : {})
  const grant = async (place: string, name: string, role: string) => await bench.admin.put(`/v3/${place}/users/${people[name]!.id}/roles/${role}`, undefined)
  await grant('system', 'systemReader', reader)
  await grant('system', 'systemAdmin', admin)
  await grant('domains/default', 'domainReader', reader)
  await grant('domains/default', 'domainAdmin', admin)
  const as = async (name: string, scope?: unknown) => await bench.login(name, people[name]!.password, scope)
  return {
    anonymous: bench.anonymous, admin: bench.admin, unscoped: await as('unscoped'), reader: await as('reader', onProject('demo')), member: await as('member', onProject('demo')),
    systemReader: await as('systemReader', { system: { all: true } }), systemAdmin: await as('systemAdmin', { system: { all: true } }),
    domainReader: await as('domainReader', { domain: { id: 'default' } }), domainAdmin: await as('domainAdmin', { domain: { id: 'default' } }),
  }
}

/** Who may, by the defaults of release Zed (`enforce_scope` and `enforce_new_defaults` off). Upstream's tables. */
const MATRIX: [call: string, allowed: Who[]][] = [
  ['GET /v3/users', ['admin', 'systemReader', 'systemAdmin', 'domainReader', 'domainAdmin']],
  ['POST /v3/users', ['admin', 'systemAdmin', 'domainAdmin']],
  ['GET /v3/projects', ['admin', 'systemReader', 'systemAdmin', 'domainReader', 'domainAdmin']],
  ['POST /v3/projects', ['admin', 'systemAdmin', 'domainAdmin']],
  ['GET /v3/projects/{demo}', ['reader', 'member', 'admin', 'systemReader', 'systemAdmin', 'domainReader', 'domainAdmin']],
  ['GET /v3/domains', ['admin', 'systemReader', 'systemAdmin', 'domainAdmin']],
  ['GET /v3/domains/default', ['reader', 'member', 'admin', 'systemReader', 'systemAdmin', 'domainReader', 'domainAdmin']],
  ['POST /v3/domains', ['admin', 'systemAdmin', 'domainAdmin']],
  ['GET /v3/groups', ['admin', 'systemReader', 'systemAdmin', 'domainReader', 'domainAdmin']],
  ['GET /v3/roles', ['admin', 'systemReader', 'systemAdmin', 'domainAdmin']],
  ['POST /v3/roles', ['admin', 'systemAdmin', 'domainAdmin']],
  ['GET /v3/role_assignments', ['admin', 'systemReader', 'systemAdmin', 'domainReader', 'domainAdmin']],
  ['GET /v3/regions', ['unscoped', 'reader', 'member', 'admin', 'systemReader', 'systemAdmin', 'domainReader', 'domainAdmin']],
  ['GET /v3/services', ['admin', 'systemReader', 'systemAdmin', 'domainAdmin']],
  ['POST /v3/services', ['admin', 'systemAdmin', 'domainAdmin']],
  ['GET /v3/endpoints', ['admin', 'systemReader', 'systemAdmin', 'domainAdmin']],
  ['GET /v3/policies', ['admin', 'systemReader', 'systemAdmin', 'domainAdmin']],
  ['GET /v3/OS-EP-FILTER/endpoint_groups', ['admin', 'systemReader', 'systemAdmin', 'domainAdmin']],
  ['GET /v3/OS-TRUST/trusts', ['admin', 'systemReader', 'systemAdmin', 'domainAdmin']],
  ['GET /v3/auth/projects', ['unscoped', 'reader', 'member', 'admin', 'systemReader', 'systemAdmin', 'domainReader', 'domainAdmin']],
  ['POST /v3/ec2tokens', ['admin', 'systemAdmin', 'domainAdmin']],
]

async function whoMay(bench: IdentityBench, cast: Record<Who, TestClient>, call: string): Promise<Who[]> {
  const [method, path] = call.replace('{demo}', await projectId(bench, 'demo')).split(' ') as [string, string]
  const allowed: Who[] = []
  for (const who of EVERYBODY) {
    const { status } = await cast[who].request(method, path, method === 'POST' ? {} : undefined)
    expect(status, `${who} ${call}`).toBeLessThan(500)
    // Whoever may comes further than the refusal: to the answer, or to what is wrong with an empty body.
    if (![401, 403].includes(status)) allowed.push(who)
  }
  return allowed
}

describe('who may do what', () => {
  let bench: IdentityBench
  let cast: Record<Who, TestClient>
  beforeAll(async () => {
    bench = await startIdentity()
    cast = await castOf(bench)
  })
  afterAll(async () => { await bench.stop() })

  test.each(MATRIX)('%s', async (call, allowed) => {
    expect(await whoMay(bench, cast, call)).toEqual(allowed)
  })

  test('users see themselves, and change nothing but their password', async () => {
    const own = (await bench.admin.get<{ users: { id: string }[] }>('/v3/users?name=reader')).body.users[0]!.id
    expect((await cast.reader.get(`/v3/users/${own}`)).status).toBe(200)
    expect((await cast.member.get(`/v3/users/${own}`)).status).toBe(403)
    expect((await cast.reader.patch(`/v3/users/${own}`, { user: { name: 'king' } })).status).toBe(403)
    expect((await cast.reader.get(`/v3/users/${own}/projects`)).status).toBe(200)
    expect((await cast.reader.get(`/v3/users/${own}/groups`)).status).toBe(200)
  })

  test('a token of a domain sees that domain only', async () => {
    const domain = (await bench.admin.post<{ domain: { id: string } }>('/v3/domains', { domain: { name: 'abroad' } })).body.domain.id
    const user = (await bench.admin.post<{ user: { id: string } }>('/v3/users', { user: { name: 'foreigner', domain_id: domain } })).body.user.id
    const listed = (await cast.domainReader.get<{ users: { id: string }[] }>(`/v3/users`)).body.users.map((u) => u.id)
    expect(listed).not.toContain(user)
    expect((await cast.domainReader.get<{ users: object[] }>(`/v3/users?domain_id=${domain}`)).body.users).toEqual([])
    expect((await cast.domainReader.get(`/v3/users/${user}`)).status).toBe(403)
  })

  test('every route names rules that are listed, and every check can be read', () => {
    const policy = new Policy(policies, { enforceScope: false, enforceNewDefaults: true, overrides: {} })
    for (const { method, path, policy: rule } of routes) {
      const names = typeof rule === 'string' ? [rule] : rule.kind === 'handler' ? rule.rules : []
      for (const name of names) expect(policy.has(name), `${method} ${path}: ${name}`).toBe(true)
    }
  })
})

describe('the switches', () => {
  test('enforceScope and enforceNewDefaults keep project administrators to what is theirs', async () => {
    const bench = await startIdentity({ policy: { enforceScope: true, enforceNewDefaults: true } })
    const cast = await castOf(bench)
    expect(await whoMay(bench, cast, 'GET /v3/domains')).toEqual(['admin', 'systemReader', 'systemAdmin'])
    expect(await whoMay(bench, cast, 'GET /v3/projects/{demo}')).toEqual(['reader', 'member', 'systemReader', 'systemAdmin', 'domainReader', 'domainAdmin'])
    await bench.stop()
  })
})
