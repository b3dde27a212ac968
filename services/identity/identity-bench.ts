/**
 * Identity on the bench: the real service with its own tokens, in memory or on a given database, with a clock that
 * tests move and hashes that cost little. `login` answers a client that holds the token.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { assemble, type AssembledCloud } from '#cloud/assemble.ts'
import { InProcessBus } from '#core/bus/in-process-bus.ts'
import type { DatabaseLocation } from '#core/db/database.ts'
import { silentLog } from '#core/log/log.ts'
import type { RunningService } from '#core/service/service.ts'
import { systemClock, type Clock } from '#core/time/clock.ts'
import { client, type TestClient, type TestReply } from '#testkit/http.ts'
import type { IdentityContext } from './context.ts'

export interface MovableClock extends Clock { advance(ms: number): void }

type Json = Record<string, unknown>

export interface IdentityBench {
  cloud: AssembledCloud
  service: RunningService<IdentityContext>
  pipeline: RunningService['pipeline']
  bus: InProcessBus
  clock: MovableClock
  stateDir: string
  anonymous: TestClient
  /** The first administrator, on project admin. */
  admin: TestClient
  /** The raw answer of a login. */
  auth(identity: Json, scope?: unknown): Promise<TestReply<{ token: Json }>>
  /** By password; throws when refused. */
  login(user: string, password: string, scope?: unknown): Promise<TestClient>
  stop(): Promise<void>
}

export function passwordOf(user: string, password: string): Json {
  return { methods: ['password'], password: { user: { name: user, domain: { id: 'default' }, password } } }
}

export function onProject(name: string): Json {
  return { project: { name, domain: { id: 'default' } } }
}

export async function startIdentity(options: { database?: DatabaseLocation; config?: Json; policy?: Json } = {}): Promise<IdentityBench> {
  const stateDir = await mkdtemp(join(tmpdir(), 'nacre-identity-'))
  const bus = new InProcessBus()
  let offset = 0
  const clock: MovableClock = { now: () => systemClock.now() + offset, after: systemClock.after, advance: (ms) => { offset += ms } }
  const cloud = await assemble({
    stateDir, database: options.database ?? { engine: 'sqlite', memory: true }, bus, clock, log: silentLog, services: ['identity'], publicHost: 'cloud.test', secrets: { get: (name) => `secret-${name}` },
    configFile: { identity: { passwordHashMemoryKiB: 8, passwordHashPasses: 1, ...options.config }, policy: options.policy ?? {} },
  })
  const service = cloud.services.get('identity') as unknown as RunningService<IdentityContext>
  const anonymous = client(service.pipeline)
  const auth: IdentityBench['auth'] = async (identity, scope) => await anonymous.post('/v3/auth/tokens', { auth: { identity, ...(scope === undefined ? {} : { scope }) } })
  async function login(user: string, password: string, scope?: unknown): Promise<TestClient> {
    const answer = await auth(passwordOf(user, password), scope)
    if (answer.status !== 201) throw new Error(`login of ${user}: ${answer.status} ${answer.text}`)
    return client(service.pipeline, String(answer.headers['x-subject-token']))
  }
  return {
    cloud, service, pipeline: service.pipeline, bus, clock, stateDir, anonymous, auth, login, admin: await login('admin', 'secret-admin-password', onProject('admin')),
    async stop() {
      await cloud.stop()
      await bus.close()
      await rm(stateDir, { recursive: true, force: true })
    },
  }
}

/** A user with roles on a project, made by the administrator. */
export async function makeUser(bench: IdentityBench, name: string, roles: Record<string, string[]> = {}): Promise<{ id: string; password: string }> {
  const password = `pw-${name}`
  const { user } = (await bench.admin.post<{ user: { id: string } }>('/v3/users', { user: { name, password } })).body
  for (const [project, names] of Object.entries(roles)) {
    for (const role of names) await bench.admin.put(`/v3/projects/${await projectId(bench, project)}/users/${user.id}/roles/${await roleId(bench, role)}`, undefined)
  }
  return { id: user.id, password }
}

export async function projectId(bench: IdentityBench, name: string): Promise<string> {
  const found = (await bench.admin.get<{ projects: { id: string }[] }>(`/v3/projects?name=${name}&domain_id=default`)).body.projects[0]
  return found?.id ?? (await bench.admin.post<{ project: { id: string } }>('/v3/projects', { project: { name } })).body.project.id
}

export async function roleId(bench: IdentityBench, name: string): Promise<string> {
  const found = (await bench.admin.get<{ roles: { id: string }[] }>(`/v3/roles?name=${name}`)).body.roles[0]
  return found?.id ?? (await bench.admin.post<{ role: { id: string } }>('/v3/roles', { role: { name } })).body.role.id
}
