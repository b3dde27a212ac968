import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { client, type TestClient } from '#testkit/http.ts'
import { startBench, type Bench } from '#testkit/service-bench.ts'
import { ADMIN, MEMBER } from '#testkit/tokens.ts'
import type { ComputeContext } from '../context.ts'
import { compute } from '../service.ts'

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJzGmQXZ1eYvDUmhkQ4dXqmBSLbSkIFGiOgFfUMpVHpT alice@home'
const LATEST = { 'openstack-api-version': 'compute 2.93' }

describe('key pairs', () => {
  let bench: Bench<ComputeContext>
  let alice: TestClient
  let admin: TestClient
  beforeAll(async () => {
    bench = await startBench(compute)
    alice = client(bench.pipeline, MEMBER)
    admin = client(bench.pipeline, ADMIN)
  })
  afterAll(async () => { await bench.stop() })

  it('are imported, with the fingerprint users compare', async () => {
    const made = await alice.post<{ keypair: { fingerprint: string } }>('/v2.1/os-keypairs', { keypair: { name: 'k1', public_key: KEY, type: 'ssh' } }, LATEST)
    expect(made.status).toBe(201)
    const digits = createHash('md5').update(Buffer.from(KEY.split(' ')[1]!, 'base64')).digest('hex')
    expect(made.body).toEqual({ keypair: { type: 'ssh', name: 'k1', public_key: KEY, fingerprint: digits.match(/../g)!.join(':'), user_id: 'alice' } })
    expect((await alice.post('/v2.1/os-keypairs', { keypair: { name: 'k1', public_key: KEY } })).body).toEqual({ conflictingRequest: { code: 409, message: "Key pair 'k1' already exists." } })
    expect((await alice.post('/v2.1/os-keypairs', { keypair: { name: 'bad', public_key: 'ssh-rsa nonsense' } })).body)
      .toEqual({ badRequest: { code: 400, message: 'Keypair data is invalid: failed to generate fingerprint' } })
    expect((await alice.get('/v2.1/os-keypairs/k1', LATEST)).body).toMatchObject({ keypair: { id: expect.any(Number), deleted: false, type: 'ssh', user_id: 'alice' } })
    expect((await alice.get<{ keypair: object }>('/v2.1/os-keypairs/k1')).body.keypair).not.toHaveProperty('type')
  })

  it('are made for clients up to 2.91', async () => {
    const made = await alice.post<{ keypair: { private_key: string; public_key: string } }>('/v2.1/os-keypairs', { keypair: { name: 'made' } })
    expect(made.status).toBe(200)
    expect(made.body.keypair.private_key).toContain('BEGIN RSA PRIVATE KEY')
    expect(made.body.keypair.public_key).toMatch(/^ssh-rsa \S+ Generated-by-Nova$/)
    const cert = await alice.post<{ keypair: { public_key: string; fingerprint: string } }>('/v2.1/os-keypairs', { keypair: { name: 'cert', type: 'x509' } }, { 'openstack-api-version': 'compute 2.2' })
    expect(cert.body.keypair.public_key).toContain('BEGIN CERTIFICATE')
    expect(cert.body.keypair.fingerprint.split(':')).toHaveLength(20)
    expect((await alice.post('/v2.1/os-keypairs', { keypair: { name: 'no' } }, LATEST)).body)
      .toEqual({ badRequest: { code: 400, message: "Invalid input for field/attribute keypair. Value: {'name': 'no'}. 'public_key' is a required property" } })
    expect((await alice.post('/v2.1/os-keypairs', { keypair: { name: 'at@home' } })).status).toBe(400)
    expect((await alice.post('/v2.1/os-keypairs', { keypair: { name: 'at@home', public_key: KEY } }, LATEST)).status).toBe(201)
  })

  it('belong to a user; administrators may name another', async () => {
    expect((await admin.get('/v2.1/os-keypairs/k1', LATEST)).body).toEqual({ itemNotFound: { code: 404, message: 'Keypair k1 not found for user admin' } })
    expect((await admin.get('/v2.1/os-keypairs/k1?user_id=alice', LATEST)).status).toBe(200)
    expect((await alice.get('/v2.1/os-keypairs?user_id=admin', LATEST)).status).toBe(403)
    const page = await alice.get<{ keypairs: { keypair: { name: string } }[]; keypairs_links: { href: string }[] }>('/v2.1/os-keypairs?limit=2', LATEST)
    expect(page.body.keypairs.map((k) => k.keypair.name)).toEqual(['at@home', 'cert'])
    expect(page.body.keypairs_links[0]!.href).toBe('http://cloud.test/v2.1/os-keypairs?limit=2&marker=cert')
    expect((await alice.get('/v2.1/os-keypairs?marker=zz', LATEST)).body).toEqual({ badRequest: { code: 400, message: 'Marker zz could not be found.' } })
    expect((await alice.delete('/v2.1/os-keypairs/k1')).status).toBe(202)
    expect((await alice.delete('/v2.1/os-keypairs/made', LATEST)).status).toBe(204)
    expect((await alice.delete('/v2.1/os-keypairs/made', LATEST)).status).toBe(404)
  })
})
