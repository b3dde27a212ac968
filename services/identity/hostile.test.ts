import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PUBLIC } from '#core/http/route.ts'
import { databases } from '#testkit/databases.ts'
import { onProject, passwordOf, startIdentity, type IdentityBench } from './identity-bench.ts'
import { routes } from './routes.ts'

const KEYS = ['auth', 'user', 'users', 'project', 'domain', 'group', 'role', 'region', 'service', 'endpoint', 'credential', 'trust', 'application_credential', 'policy', 'endpoint_group', 'tags', 'tenant_id', 'credentials', 'consumer', 'config', 'roles']
const ATTRIBUTES = [
  'id', 'name', 'description', 'enabled', 'domain_id', 'parent_id', 'password', 'original_password', 'options', 'tags', 'extra', 'links', 'type', 'blob', 'user_id', 'project_id', 'url', 'interface', 'service_id', 'region_id', 'region',
  'roles', 'expires_at', 'identity', 'scope', 'methods', 'token', 'trustor_user_id', 'trustee_user_id', 'impersonation', 'filters', 'is_domain', 'explicit_domain_id', 'access', 'signature', 'params', 'headers', '__proto__', 'constructor', 'default_project_id',
]

/** Things that may be lost, by the name of the parameter that names them: so requests get far. */
async function victims(bench: IdentityBench): Promise<Record<string, string>> {
  const make = async (kind: string, value: object): Promise<string> => (await bench.admin.post<Record<string, { id: string }>>(`/v3/${kind}s`, { [kind]: value })).body[kind]!.id
  const domain = await make('domain', { name: 'victims' })
  const service = await make('service', { type: 'victim' })
  const role = await make('role', { name: 'victim' })
  return {
    domain_id: domain, service_id: service, user_id: await make('user', { name: 'victim', password: 'p', domain_id: domain }), project_id: await make('project', { name: 'victim', domain_id: domain }),
    group_id: await make('group', { name: 'victim', domain_id: domain }), role_id: role, prior_role_id: role, implied_role_id: await make('role', { name: 'victim2' }), region_id: await make('region', { id: 'victim' }),
    endpoint_id: await make('endpoint', { interface: 'public', service_id: service, url: 'http://victim' }),
  }
}

describe.each(databases)('whatever comes in on %s', (_name, locate) => {
  let bench: IdentityBench
  let known: Record<string, string>
  beforeAll(async () => {
    bench = await startIdentity({ database: await locate() })
    known = await victims(bench)
  })
  afterAll(async () => { await bench.stop() })

  test('no request makes the service fail, and what nobody named is as it was', async () => {
    const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 20 }), fc.constantFrom(...Object.values(known)), fc.constantFrom('', ' ', '\u0000', '%', "' or 1=1 --", '\ud800', 'a'.repeat(300), '../..', 'http://x', '2030-01-01T00:00:00Z', 'ec2', 'public', '{"access": "a"}'))
    const value = fc.letrec<{ json: unknown }>((tie) => ({
      json: fc.oneof({ maxDepth: 3, withCrossShrink: true }, text, fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.constant(null), fc.array(tie('json'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom(...ATTRIBUTES), tie('json'), { maxKeys: 5 })),
    })).json
    const body = fc.oneof(value, fc.dictionary(fc.constantFrom(...KEYS), fc.oneof(value, fc.dictionary(fc.constantFrom(...ATTRIBUTES), value, { maxKeys: 8 })), { minKeys: 1, maxKeys: 2 }))
    const query = fc.array(fc.tuple(fc.constantFrom('name', 'name__icontains', 'domain_id', 'enabled', 'tags', 'effective', 'user.id', 'scope.project.id', 'include_names', 'include_subtree', 'password_expires_at', 'parents_as_list', 'type', 'allow_expired'), text), { maxLength: 3 })
      .map((pairs) => pairs.map(([k, v]) => `${k}=${encodeURIComponent(v.toWellFormed())}`).join('&'))
    let served = 0
    await fc.assert(fc.asyncProperty(fc.constantFrom(...routes), fc.infiniteStream(text), body, query, fc.boolean(), async (route, words, json, search, anonymous) => {
      const path = route.path.replaceAll(/:(\w+)/g, (_, name: string) => {
        const word = (words.next().value as string).toWellFormed()
        return encodeURIComponent(word.length % 4 === 0 ? word : (known[name] ?? word)) || 'x'
      })
      const who = anonymous ? bench.anonymous : bench.admin
      const answer = await who.request(route.method, `${path}${search === '' ? '' : `?${search}`}`, ['POST', 'PUT', 'PATCH'].includes(route.method) ? JSON.stringify(json) : undefined, { 'x-subject-token': 'x' })
      expect(answer.status, `${route.method} ${path} ${answer.text}`).toBeLessThan(500)
      if (answer.status < 300) served += 1
      if (anonymous && route.policy !== PUBLIC) expect(answer.status).toBe(401)
    }), { numRuns: 1000 })
    expect(served).toBeGreaterThan(10)
    const after = await bench.auth(passwordOf('admin', 'secret-admin-password'), onProject('admin'))
    expect(after.status).toBe(201)
    expect(after.body.token['roles']).toHaveLength(3)
  })

  test.each([
    ['a list as the body', 'POST', '/v3/users', [], 400], ['text as the body', 'POST', '/v3/users', 'x', 400], ['a list as the user', 'POST', '/v3/users', { user: [] }, 400],
    ['no name', 'POST', '/v3/users', { user: { name: '' } }, 400], ['a blank name', 'POST', '/v3/users', { user: { name: '   ' } }, 400], ['a name too long', 'POST', '/v3/users', { user: { name: 'x'.repeat(256) } }, 400],
    ['a word for a flag', 'POST', '/v3/users', { user: { name: 'n', enabled: 'yes' } }, 400], ['a domain that is not', 'POST', '/v3/users', { user: { name: 'n', domain_id: 'nowhere' } }, 404],
    ['a password too long', 'POST', '/v3/users', { user: { name: 'n', password: 'x'.repeat(5000) } }, 403], ['an identity of elsewhere', 'POST', '/v3/users', { user: { name: 'n', federated: [{ idp_id: 'x', protocols: [{ protocol_id: 'p', unique_id: 'u' }] }] } }, 400], ['an unknown option', 'POST', '/v3/users', { user: { name: 'n', options: { unknown: true } } }, 400],
    ['a parent that is not', 'POST', '/v3/projects', { project: { name: 'n', parent_id: 'nowhere' } }, 400], ['a tag with a comma', 'POST', '/v3/projects', { project: { name: 'n', tags: ['a,b'] } }, 400],
    ['a domain id that is none', 'POST', '/v3/domains', { domain: { name: 'n', explicit_domain_id: 'not hex' } }, 400],
    ['a service that is not', 'POST', '/v3/endpoints', { endpoint: { interface: 'public', service_id: 'none', url: 'http://x' } }, 400],
    ['an EC2 secret that is no JSON', 'POST', '/v3/credentials', { credential: { user_id: 'u', type: 'ec2', blob: 'no json', project_id: 'p' } }, 400], ['two region ids', 'PUT', '/v3/regions/a', { region: { id: 'b' } }, 400],
  ] as const)('%s: %s %s', async (_what, method, path, body, status) => {
    expect((await bench.admin.request(method, path, JSON.stringify(body))).status).toBe(status)
  })
})
