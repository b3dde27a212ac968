/**
 * What is measured, on any OpenStack cloud: small calls, lists that grow, creates, boots, image bytes. A scenario
 * cleans up after itself.
 */
import { Readable } from 'node:stream'
import { until, type OpenStack } from '../openstack.ts'
import { httpCall, inParallel, measure, type CpuClock, type Effort, type Sample } from './measure.ts'

export interface Bench {
  cloud: OpenStack
  cpu: CpuClock | undefined
  authUrl: string
  login: { user: string; password: string; project: string }
  /** What servers are booted from and on. */
  imageId: string
  flavorId: string
  /** Extra fields of a server (a host of its own on another cloud). */
  serverFields: Record<string, unknown>
  note: (text: string) => void
  /** Smaller numbers for a quick look. */
  quick: boolean
}

/** `cpuMsBoot` of the boot alone, `cpuMsEach` with the delete. */
export interface BootResult { name: string; count: number; perSecond: number; secondsEach: number; cpuMsBoot: number | null; cpuMsEach: number | null }
export interface TransferResult { name: string; mibPerSecond: number; cpuSeconds: number | null }

const LISTS: Effort = { alone: 50, together: 256 }
const CREATES: Effort = { alone: 20, together: 128 }

const headers = (b: Bench, type: string): Record<string, string> => ({ 'x-auth-token': b.cloud.token, accept: 'application/json', ...(type === 'compute' ? { 'openstack-api-version': 'compute 2.79' } : {}) })

function get(b: Bench, type: string, path: string): ReturnType<typeof httpCall> {
  return httpCall('GET', `${b.cloud.endpoint(type)}${path}`, headers(b, type))
}

export async function tokens(b: Bench): Promise<Sample[]> {
  const domain = { name: 'Default' }
  const body = JSON.stringify({ auth: { identity: { methods: ['password'], password: { user: { name: b.login.user, domain, password: b.login.password } } }, scope: { project: { name: b.login.project, domain } } } })
  const url = `${b.authUrl.replace(/\/(v3)?\/?$/, '')}/v3/auth/tokens`
  return [
    await measure('token issue', httpCall('POST', url, {}, body), b.cpu, { alone: 15, together: 32 }),
    await measure('token validate', httpCall('GET', url, { 'x-auth-token': b.cloud.token, 'x-subject-token': b.cloud.token }), b.cpu),
  ]
}

export async function smallReads(b: Bench): Promise<Sample[]> {
  return [
    await measure('flavor list', get(b, 'compute', '/v2.1/flavors'), b.cpu),
    await measure('flavor show', get(b, 'compute', `/v2.1/flavors/${b.flavorId}`), b.cpu),
    await measure('image list', get(b, 'image', '/v2/images'), b.cpu),
    await measure('image show', get(b, 'image', `/v2/images/${b.imageId}`), b.cpu),
    await measure('network list (few)', get(b, 'network', '/v2.0/networks'), b.cpu),
    await measure('server list (none)', get(b, 'compute', '/v2.1/servers/detail'), b.cpu),
  ]
}

export async function networkLists(b: Bench): Promise<Sample[]> {
  const made: string[] = []
  const samples: Sample[] = []
  try {
    for (const count of b.quick ? [10, 100] : [10, 500]) {
      b.note(`making ${count} networks`)
      await inParallel(count - made.length, 4, async () => {
        made.push((await b.cloud.post<{ network: { id: string } }>('network', '/v2.0/networks', { network: { name: 'bench', admin_state_up: true } })).network.id)
      })
      samples.push(await measure(`network list (${count})`, get(b, 'network', '/v2.0/networks?name=bench'), b.cpu, LISTS))
    }
  } finally {
    await inParallel(made.length, 4, (at) => b.cloud.delete('network', `/v2.0/networks/${made[at]}`))
  }
  return samples
}

/** Network + subnet + port, made and deleted. */
export async function networkCreates(b: Bench): Promise<Sample> {
  let turn = 0
  return await measure('network+subnet+port create and delete', async () => {
    turn += 1
    const { network } = await b.cloud.post<{ network: { id: string } }>('network', '/v2.0/networks', { network: { name: `bench-${turn}` } })
    await b.cloud.post('network', '/v2.0/subnets', { subnet: { network_id: network.id, ip_version: 4, cidr: '10.99.0.0/24' } })
    const { port } = await b.cloud.post<{ port: { id: string } }>('network', '/v2.0/ports', { port: { network_id: network.id } })
    await b.cloud.delete('network', `/v2.0/ports/${port.id}`)
    await b.cloud.delete('network', `/v2.0/networks/${network.id}`)
    return 0
  }, b.cpu, CREATES)
}

async function boot(b: Bench, networkId: string, at: number): Promise<string> {
  const body = { server: { name: `bench-${at}`, imageRef: b.imageId, flavorRef: b.flavorId, networks: [{ uuid: networkId }], ...b.serverFields } }
  return (await b.cloud.post<{ server: { id: string } }>('compute', '/v2.1/servers', body)).server.id
}

/** Asks often enough for the figure, seldom enough not to be the load. */
async function active(b: Bench, id: string, pollMs: number): Promise<void> {
  const { server } = await until('a bench server to become ACTIVE', 300_000, () => b.cloud.get<{ server: { status: string; fault?: { message: string } } }>('compute', `/v2.1/servers/${id}`), ({ server: s }) => s.status !== 'BUILD', pollMs)
  if (server.status !== 'ACTIVE') throw new Error(`a bench server went to ${server.status}: ${server.fault?.message ?? ''}`)
}

async function gone(b: Bench, ids: string[]): Promise<void> {
  if (ids.length === 0) return
  await inParallel(ids.length, 16, (at) => b.cloud.delete('compute', `/v2.1/servers/${ids[at]}`))
  await until('the bench servers to be gone', 300_000, () => b.cloud.get<{ servers: { id: string }[] }>('compute', '/v2.1/servers?name=bench-'), ({ servers }) => servers.length === 0, 50)
}

/** Boots and deletes, accepted to ACTIVE to gone: one by one, then 16 at a time. A first round only warms up. */
export async function boots(b: Bench, networkId: string): Promise<BootResult[]> {
  b.note('warming up')
  await bootRound(b, networkId, 'warm-up', b.quick ? 32 : 96, 16)
  b.note('one by one')
  const alone = await bootRound(b, networkId, 'boot and delete, one by one', b.quick ? 5 : 20, 1)
  b.note('16 at a time')
  return [alone, await bootRound(b, networkId, 'boot and delete, 16 at a time', b.quick ? 64 : 256, 16)]
}

async function bootRound(b: Bench, networkId: string, name: string, count: number, width: number): Promise<BootResult> {
  const ids: string[] = []
  let bootMs = 0
  try {
    const before = await b.cpu?.()
    const began = performance.now()
    await inParallel(count, width, async (at) => {
      const started = performance.now()
      const id = await boot(b, networkId, at)
      ids.push(id)
      // Where it takes long to be accepted it takes long to be asked, too.
      await active(b, id, Math.max(width === 1 ? 5 : 25, performance.now() - started))
      bootMs += performance.now() - started
    })
    const wall = (performance.now() - began) / 1000
    const booted = await b.cpu?.()
    await gone(b, ids.splice(0))
    const each = (from: number | undefined, to: number | undefined): number | null => (from === undefined || to === undefined ? null : ((to - from) * 1000) / count)
    return { name, count, perSecond: count / wall, secondsEach: bootMs / count / 1000, cpuMsBoot: each(before, booted), cpuMsEach: each(before, await b.cpu?.()) }
  } finally {
    await gone(b, ids)
  }
}

/** Lists and shows with 100 and 1,000 servers there. */
export async function serverLists(b: Bench, networkId: string): Promise<Sample[]> {
  const ids: string[] = []
  const samples: Sample[] = []
  try {
    for (const count of b.quick ? [100] : [100, 1000]) {
      b.note(`booting ${count} servers`)
      await inParallel(count - ids.length, 16, async (at) => {
        const id = await boot(b, networkId, at)
        ids.push(id)
        await active(b, id, 25)
      })
      samples.push(await measure(`server list (${count})`, get(b, 'compute', '/v2.1/servers/detail'), b.cpu, LISTS))
      samples.push(await measure(`server show (of ${count})`, get(b, 'compute', `/v2.1/servers/${ids[0]}`), b.cpu))
    }
  } finally {
    await gone(b, ids)
  }
  return samples
}

/** Upload and download of one image of `mib` MiB. */
export async function imageBytes(b: Bench, mib: number): Promise<TransferResult[]> {
  const { id } = await b.cloud.post<{ id: string }>('image', '/v2/images', { name: 'bench-bytes', disk_format: 'raw', container_format: 'bare' })
  try {
    const chunk = Buffer.alloc(1024 * 1024, 'nacre')
    const upload = await timed(b, `image upload, ${mib} MiB`, mib, async () => {
      const bytes = Readable.toWeb(Readable.from((function* all() { for (let i = 0; i < mib; i++) yield chunk })()))
      await b.cloud.request('image', 'PUT', `/v2/images/${id}/file`, bytes, { 'content-type': 'application/octet-stream', 'content-length': String(mib * 1024 * 1024) })
    })
    const download = await timed(b, `image download, ${mib} MiB`, mib, async () => {
      const response = await fetch(`${b.cloud.endpoint('image')}/v2/images/${id}/file`, { headers: { 'x-auth-token': b.cloud.token } })
      let bytes = 0
      for await (const part of response.body!) bytes += (part as Uint8Array).length
      if (bytes !== mib * 1024 * 1024) throw new Error(`the download has ${bytes} bytes`)
    })
    return [upload, download]
  } finally {
    await b.cloud.delete('image', `/v2/images/${id}`)
  }
}

async function timed(b: Bench, name: string, mib: number, work: () => Promise<void>): Promise<TransferResult> {
  b.note(name)
  const before = await b.cpu?.()
  const began = performance.now()
  await work()
  const seconds = (performance.now() - began) / 1000
  return { name, mibPerSecond: mib / seconds, cpuSeconds: before === undefined ? null : (await b.cpu!()) - before }
}
