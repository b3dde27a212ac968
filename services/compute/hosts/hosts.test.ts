import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databases } from '#testkit/databases.ts'
import { startBench, type Bench } from '#testkit/service-bench.ts'
import type { HeartbeatType } from '../agent/compute-agent.contract.ts'
import { listControlServices, saveControlServices } from '../compute-services/service.store.ts'
import type { ComputeContext } from '../context.ts'
import { compute } from '../service.ts'
import { listHosts, saveHeartbeat } from './host.store.ts'

describe.each(databases)('hosts on %s', (_name, locate) => {
  let bench: Bench<ComputeContext>
  beforeAll(async () => { bench = await startBench(compute, { database: await locate() }) })
  afterAll(async () => { await bench.stop() })

  const beat = (host: string): HeartbeatType => ({
    host, startedAt: '2026-01-01T00:00:00.000Z',
    report: {
      hypervisorType: 'fake', hypervisorVersion: 1, hypervisorHostname: host, hostIp: '10.0.0.1', vcpus: 1, memoryMiB: 1024, localDiskGiB: 1, memoryUsedMiB: 0,
      localDiskFreeGiB: 1, cpuInfo: {}, acceleration: 'kvm', supportedDiskBuses: [], traits: [], uptimeText: '', runningServers: 0,
    },
  })

  it('may all be heard for the first time at once', async () => {
    const names = Array.from({ length: 12 }, (_, at) => `host${at}`)
    await Promise.all(names.map(async (host) => await saveHeartbeat(bench.context(), beat(host))))
    const rows = await listHosts(bench.context())
    expect(rows.map((row) => row.host).toSorted()).toEqual(names.toSorted())
    expect(new Set(rows.map((row) => row.number)).size).toBe(12)
    const before = rows.find((row) => row.host === 'host3')!
    await saveHeartbeat(bench.context(), beat('host3'))
    expect((await listHosts(bench.context())).find((row) => row.host === 'host3')).toMatchObject({ id: before.id, node_id: before.node_id, number: before.number })
  })

  /** Each control process hears every host: the one that is later to write it down finds it, and changes nothing of what the first one said. */
  it('keep the ids they were first written down with, however many hear them first', async () => {
    const heard = await Promise.all(Array.from({ length: 8 }, async () => await saveHeartbeat(bench.context(), beat('often'))))
    const [row] = (await listHosts(bench.context())).filter(({ host }) => host === 'often')
    expect(heard.map(({ id, node_id, number }) => ({ id, node_id, number }))).toEqual(heard.map(() => ({ id: row!.id, node_id: row!.node_id, number: row!.number })))
    await Promise.all(Array.from({ length: 8 }, async () => await saveControlServices(bench.context(), 'control')))
    expect((await listControlServices(bench.context())).filter(({ host }) => host === 'control').map(({ kind }) => kind).toSorted()).toEqual(['nova-conductor', 'nova-scheduler'])
  })
})
