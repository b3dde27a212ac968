import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { InProcessBus } from '#core/bus/in-process-bus.ts'
import { removePath } from '#core/host/files.ts'
import { silentLog } from '#core/log/log.ts'
import { onFreePorts } from '#testkit/free-ports.ts'
import { assemble, type AssembledCloud } from './assemble.ts'
import { portsFor } from './catalog.ts'

let stateDir: string
let cloud: AssembledCloud | undefined
afterEach(async () => {
  await cloud?.stop()
  await removePath(stateDir)
})

it('lets a request that comes while services start wait until all of them answer', async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'nacre-assemble-'))
  const { status, steps, ports } = await onFreePorts(10, async (portBase) => {
    const steps: string[] = []
    const started = assemble({
      stateDir, database: { engine: 'sqlite', memory: true }, bus: new InProcessBus(), log: silentLog, listenHost: '127.0.0.1', publicHost: '127.0.0.1', portBase,
      secrets: { get: (name) => name },
    }).then((it) => { steps.push('all are there'); cloud = it })
    const ports = portsFor(portBase)
    const answered = firstAnswer(`http://127.0.0.1:${ports.identity}/`, started).then((status) => { steps.push('identity answers'); return status })
    await started
    return { status: await answered, steps, ports }
  })
  expect(status).toBe(300)
  expect(steps).toEqual(['all are there', 'identity answers'])
  expect((await fetch(`http://127.0.0.1:${ports.compute}/`)).status).toBe(200)
})

/** The first answer of a port that is not open yet; undefined when what should open it has failed. */
async function firstAnswer(url: string, opening: Promise<void>): Promise<number | undefined> {
  let failed = false
  opening.catch(() => { failed = true })
  while (!failed) {
    const response = await fetch(url).catch(() => undefined)
    if (response !== undefined) return response.status
    await new Promise((resolve) => setImmediate(resolve))
  }
  return undefined
}
