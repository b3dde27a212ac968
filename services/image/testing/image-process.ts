/** An image service in a process of its own, for tests that kill it: `node image-process.ts STATE-FOLDER`. Prints its port. */
import { InProcessBus } from '#core/bus/in-process-bus.ts'
import { randomIds } from '#core/ids/ids.ts'
import { silentLog } from '#core/log/log.ts'
import { startService, type ServiceEnv } from '#core/service/service.ts'
import { systemClock } from '#core/time/clock.ts'
import { testAuthenticator } from '#testkit/tokens.ts'
import { listenWithWorker } from '../data/data-listener.ts'
import { image } from '../service.ts'

/** The same environment for the process that dies and the one that comes after. */
export function imageProcessEnv(stateDir: string): ServiceEnv {
  return {
    database: { engine: 'sqlite', folder: stateDir }, bus: new InProcessBus(), clock: systemClock, ids: randomIds, log: silentLog, configFile: {}, processEnv: {},
    roles: new Set(['api', 'operations', 'reconcilers']), exclusive: true, authenticator: testAuthenticator, authUrl: 'http://cloud.test:5000', stateDir, policyOverrides: {}, endpoints: [],
    secret: (name) => name, neighbour: (type) => { throw new Error(`no ${type} here`) },
  }
}

const folder = process.argv[2]
if (process.argv[1]?.endsWith('image-process.ts') === true && folder !== undefined) {
  const service = await startService(image, imageProcessEnv(folder))
  const listener = await listenWithWorker({ handle: (request) => service.pipeline.handle(request), host: '127.0.0.1', port: 0, dialect: image.dialect })
  process.stdout.write(`${listener.port}\n`)
}
