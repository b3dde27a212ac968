/**
 * All services in the test's own process, as one cloud without sockets: real neighbours, an in-process bus, a fake
 * hypervisor and a fake data plane unless told otherwise. Callers are test tokens (`tokens.ts`) or real ones.
 */
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { InProcessBus } from '#core/bus/in-process-bus.ts'
import type { DatabaseLocation } from '#core/db/database.ts'
import { removePath } from '#core/host/files.ts'
import { silentLog, type Log } from '#core/log/log.ts'
import type { Clock } from '#core/time/clock.ts'
import { startHostAgents, type HostAgents } from '#cloud/agents.ts'
import { assemble, type AssembledCloud } from '#cloud/assemble.ts'
import type { ServiceName } from '#cloud/catalog.ts'
import { openSecrets } from '#cloud/secrets.ts'
import { newSettings, StateFolder } from '#cloud/settings.ts'
import { client, type TestClient } from './http.ts'
import { testAuthenticator } from './tokens.ts'

export interface TestCloudOptions { database?: DatabaseLocation; log?: Log; clock?: Clock; agents?: boolean; config?: Record<string, Record<string, unknown>> }

export interface TestCloud {
  cloud: AssembledCloud
  agents: HostAgents | undefined
  /** A client of one service. */
  api(service: ServiceName, token: string): TestClient
  settled(): Promise<void>
  stop(): Promise<void>
}

export async function startTestCloud(options: TestCloudOptions = {}): Promise<TestCloud> {
  const folder = new StateFolder(await mkdtemp(join(tmpdir(), 'nacre-test-cloud-')))
  const [bus, log] = [new InProcessBus(), options.log ?? silentLog]
  const cloud = await assemble({
    stateDir: folder.path, database: options.database ?? { engine: 'sqlite', memory: true }, bus, log, clock: options.clock, publicHost: 'cloud.test',
    secrets: openSecrets(folder.secretsFile), authenticator: testAuthenticator, configFile: options.config, exclusive: true,
  })
  const images = { download: async () => {}, upload: async () => {}, head: async () => Buffer.alloc(0) }
  const agents = options.agents === false ? undefined : await startHostAgents({
    folder, settings: newSettings(folder, { hypervisor: 'fake' }), host: 'host1', bus, log, images, metadata: { sharedSecret: 'x', upstreamUrl: 'http://127.0.0.1:1' },
  })
  return {
    cloud, agents,
    api: (service, token) => client(cloud.services.get(service)!.pipeline, token),
    settled: () => cloud.settled(),
    async stop() {
      await agents?.stop()
      await cloud.stop()
      await bus.close()
      await removePath(folder.path)
    },
  }
}
