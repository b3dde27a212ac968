/**
 * Promise three: kill the process at any moment, and every operation finishes or unwinds, and nothing is orphaned.
 * Boots and deletes run while the control process is killed again and again; afterwards every acknowledged write is
 * there, nothing is stuck, and services, placement and host agree. On the embedded engines and on those for many servers.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ApiRefused, until, type OpenStack } from '#cloud/openstack.ts'
import type { Diagnosis } from '#cloud/operator/operator-api.ts'
import type { CloudSettings } from '#cloud/settings.ts'
import { hostReady, startCloudProcess, type CloudProcess } from '#testkit/cloud-process.ts'
import { freshMariaDb, freshRabbitMq, noMariaDb, noRabbitMq } from '#testkit/engines/engines.ts'
import { PATIENCE_MS } from '#testkit/patience.ts'

interface Server { id: string; status: string; 'OS-EXT-STS:task_state': string | null }

const ROUNDS = 4
let cloud: CloudProcess
let admin: OpenStack
let parts: { imageRef: string; flavorRef: string; networkId: string }

/** Calls fail while nobody listens: that is not an acknowledgement. */
async function tryCall<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call()
  } catch (error) {
    if (error instanceof ApiRefused && error.status < 500) throw error
    return undefined
  }
}

async function prepare(): Promise<void> {
  const image = await admin.post<{ id: string }>('image', '/v2/images', { name: 'i', disk_format: 'raw', container_format: 'bare', visibility: 'public' })
  await admin.request('image', 'PUT', `/v2/images/${image.id}/file`, new Uint8Array(512), { 'content-type': 'application/octet-stream' })
  const { flavor } = await admin.post<{ flavor: { id: string } }>('compute', '/v2.1/flavors', { flavor: { name: 'f', ram: 64, vcpus: 1, disk: 1 } })
  const { network } = await admin.post<{ network: { id: string } }>('network', '/v2.0/networks', { network: { name: 'n' } })
  await admin.post('network', '/v2.0/subnets', { subnet: { network_id: network.id, ip_version: 4, cidr: '10.1.0.0/24' } })
  await admin.put('compute', `/v2.1/os-quota-sets/${admin.projectId}`, { quota_set: { instances: -1, cores: -1, ram: -1 } })
  parts = { imageRef: image.id, flavorRef: flavor.id, networkId: network.id }
}

async function servers(): Promise<Server[]> {
  return (await admin.get<{ servers: Server[] }>('compute', '/v2.1/servers/detail')).servers
}

const ENGINES: [string, () => Promise<Partial<CloudSettings>>, string | undefined][] = [
  ['SQLite and the bus in the process', async () => ({}), undefined],
  ['MariaDB and RabbitMQ', async () => ({ database: (await freshMariaDb()).url.replace(/\/[^/]*$/, ''), bus: (await freshRabbitMq()).url }), noMariaDb() ?? noRabbitMq()],
]

describe.each(ENGINES.filter(([, , missing]) => missing === undefined))('a control process that is killed at random moments, on %s', (_name, engines) => {
  beforeAll(async () => {
    cloud = await startCloudProcess(await engines())
    admin = await cloud.as('admin')
    await hostReady(admin)
    await prepare()
  })
  afterAll(async () => { await cloud?.remove() })

  it('loses no acknowledged write, leaves no orphan and nothing stuck', async () => {
    const acknowledged = { made: new Set<string>(), deleted: new Set<string>() }
    // A deletion whose answer was lost may have been taken or not: both are right.
    const asked = new Set<string>()
    for (let round = 0; round < ROUNDS; round++) {
      const live = [...acknowledged.made].filter((id) => !asked.has(id))
      const work = [
        ...Array.from({ length: 6 }, async (_, at) => {
          const answer = await tryCall(() => admin.post<{ server: { id: string } }>('compute', '/v2.1/servers', { server: { name: `s${round}-${at}`, imageRef: parts.imageRef, flavorRef: parts.flavorRef, networks: [{ uuid: parts.networkId }] } }))
          if (answer !== undefined) acknowledged.made.add(answer.server.id)
        }),
        ...live.slice(0, 3).map(async (id) => {
          asked.add(id)
          if ((await tryCall(async () => { await admin.delete('compute', `/v2.1/servers/${id}`); return true })) === true) acknowledged.deleted.add(id)
        }),
      ]
      // Any moment: before the first acknowledgement, in the middle of the steps, or after the last.
      await Promise.race([Promise.all(work), new Promise((resolve) => setTimeout(resolve, Math.random() * 400))])
      await cloud.kill()
      await Promise.all(work)
      await cloud.up()
      admin = await cloud.as('admin')
    }
    await until('every server to come to rest', PATIENCE_MS, servers, (list) => list.every((s) => ['ACTIVE', 'ERROR'].includes(s.status) && s['OS-EXT-STS:task_state'] === null))
    const ids = new Set((await servers()).map((s) => s.id))
    for (const id of acknowledged.made) if (!asked.has(id)) expect(ids.has(id), `server ${id} was acknowledged`).toBe(true)
    for (const id of acknowledged.deleted) expect(ids.has(id), `deletion of ${id} was acknowledged`).toBe(false)
    await nothingIsLeft(ids)
    for (const id of ids) await admin.delete('compute', `/v2.1/servers/${id}`)
    await until('the servers to be gone', PATIENCE_MS, servers, (list) => list.length === 0)
    await nothingIsLeft(new Set())
  })
})

/** Ports, allocations and guests exist for these servers and for no other, as soon as hosts and services have met. */
async function nothingIsLeft(ids: Set<string>): Promise<void> {
  await until('everything else to be gone', PATIENCE_MS, () => leftOvers(ids), (found) => found.length === 0, 500)
}

async function leftOvers(ids: Set<string>): Promise<string[]> {
  const { ports } = await admin.get<{ ports: { id: string; device_id: string; device_owner: string }[] }>('network', '/v2.0/ports')
  const found = ports.filter((p) => p.device_owner.startsWith('compute:') && !ids.has(p.device_id)).map((p) => `port ${p.id} of no server`)
  const { resource_providers: providers } = await admin.get<{ resource_providers: { uuid: string }[] }>('placement', '/resource_providers')
  for (const provider of providers) {
    const { allocations } = await admin.get<{ allocations: Record<string, unknown> }>('placement', `/resource_providers/${provider.uuid}/allocations`)
    found.push(...Object.keys(allocations).filter((id) => !ids.has(id)).map((id) => `an allocation of ${id}, which is no server`))
  }
  const { checks } = await cloud.operator<Diagnosis>('POST', '/operator/doctor')
  for (const { name, problems, failed } of checks) found.push(...problems.map((p) => p.sentence), ...(failed === undefined ? [] : [`${name}: ${failed}`]))
  return found
}
