/** Vitest's global set-up: opens the engine room, tells tests where it is and what this host lacks. */
import type { TestProject } from 'vitest/node'
import { openEngineRoom } from './engine-room.ts'
import { missingMariaDb } from './mariadb.ts'
import { missingRabbitMq } from './rabbitmq.ts'

declare module 'vitest' {
  interface ProvidedContext {
    engineRoom: string
    /** Why an engine is not there; null when it is. */
    missingEngines: { mariaDb: string | null; rabbitMq: string | null }
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const missing = { mariaDb: await missingMariaDb() ?? null, rabbitMq: await missingRabbitMq() ?? null }
  for (const reason of Object.values(missing)) {
    if (reason !== null) process.stderr.write(`Tests that need it are skipped: ${reason}\n`)
  }
  const room = await openEngineRoom()
  project.provide('engineRoom', room.socket)
  project.provide('missingEngines', missing)
  // A test run that is interrupted ends without calling the function below; `setpriv --pdeathsig` ends the daemons.
  return async () => { await room.close() }
}
