/**
 * `nacre bench`: starts a cloud with the fake hypervisor, measures it, and prints a table: latency, throughput and
 * CPU time per call, with the bare runtime's figure for the same bytes and headers beside. Given another OpenStack cloud it runs
 * the same there and prints the ratios.
 */
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { explainError } from '#core/errors/errors.ts'
import { removePath } from '#core/host/files.ts'
import { bringDown, bringUp } from '../bring-up.ts'
import { startBareServer, type BareServer } from '../bench/bare.ts'
import { machineCpuSeconds, processCpuSeconds, type CpuClock, type Sample } from '../bench/measure.ts'
import * as scenarios from '../bench/scenarios.ts'
import { report, type Outcome } from '../bench/report.ts'
import { commandLine } from '../command-line.ts'
import { accessOf, type Access } from '../credentials.ts'
import { OpenStack, until } from '../openstack.ts'
import { portBaseOf } from '../given-settings.ts'
import { EXIT, Refusal } from '../refusal.ts'
import { openSecrets } from '../secrets.ts'
import { StateFolder } from '../settings.ts'
import { Progress } from '../terminal.ts'
import { readFileSync } from 'node:fs'

/** By then a quiet cloud has given back what the load took (quiet-memory.ts). */
const REST_MS = 15_000

interface Options { quick?: boolean; json?: boolean; against?: string; user: string; password?: string; project: string; region: string; image?: string; flavor?: string; zone?: string; portBase: string; imageMib?: string }

export async function run(argv: string[]): Promise<number> {
  const command = commandLine('bench', 'Measures this program with the fake hypervisor, and another OpenStack cloud beside it when given one.')
    .option('--quick', 'smaller numbers, for a look').option('--json', 'as JSON').option('--port-base <n>', 'ports of the measured cloud', '28100')
    .option('--image-mib <n>', 'size of the image that is sent (default 1024)')
    .option('--against <authUrl>', 'another cloud on this machine, measured in the same run').option('--user <name>', 'its administrator', 'admin')
    .option('--password <text>', 'the password (or OS_PASSWORD)').option('--project <name>', 'the project', 'admin').option('--region <name>', 'the region', 'RegionOne')
    .option('--image <name>', 'image to boot there').option('--flavor <name>', 'flavor to boot there').option('--zone <name>', 'availability zone there (a fake host)')
  const options = command.parse(argv, { from: 'user' }).opts<Options>()
  const progress = new Progress()
  const outcome = await measureOurs(options, progress)
  const other = options.against === undefined ? undefined : await measureOther(options, progress).catch((error: unknown) => {
    // What was measured is not lost with what could not be.
    process.stdout.write(`${report(outcome, undefined)}\n`)
    throw new Refusal(`the other cloud could not be measured: ${explainError(error)}`, 'give an image and a flavor that boot there with --image and --flavor, and a fake host with --zone', { cause: error })
  })
  process.stdout.write(options.json === true ? `${JSON.stringify({ nacre: outcome, other }, null, 2)}\n` : report(outcome, other))
  return EXIT.ok
}

async function measureOurs(options: Options, progress: Progress): Promise<Outcome> {
  const folder = new StateFolder(await mkdtemp(join(tmpdir(), 'nacre-bench-')))
  const began = performance.now()
  try {
    const { state } = await progress.step('the cloud', async () => await bringUp(folder, { hypervisor: 'fake', portBase: portBaseOf(options.portBase) }, () => {}))
    const access = accessOf('admin', state.endpoints.find((e) => e.type === 'identity')!.url, 'RegionOne', openSecrets(folder.secretsFile))
    const cloud = await new OpenStack(access).logIn()
    await cloud.get('compute', '/v2.1/servers')
    const startMs = performance.now() - began
    await until('the host to report', 30_000, () => cloud.get<{ hypervisors: object[] }>('compute', '/v2.1/os-hypervisors'), (h) => h.hypervisors.length > 0)
    const idleBytes = rssOf(state.pid)
    const cpu: CpuClock = async () => processCpuSeconds(state.pid)
    const { bench } = await prepare(cloud, access, cpu, options)
    const bare = await startBareServer()
    try {
      const measured = await walk(bench, options, progress, bare)
      const loadedBytes = rssOf(state.pid)
      await progress.step('a rest', async () => { await setTimeout(REST_MS) })
      return { ...measured, startMs, idleBytes, loadedBytes, restedBytes: rssOf(state.pid) }
    } finally {
      bare.stop()
    }
  } finally {
    await bringDown(folder)
    await removePath(folder.path)
  }
}

async function measureOther(options: Options, progress: Progress): Promise<Outcome> {
  const access: Access = { authUrl: options.against!, region: options.region, user: options.user, password: options.password ?? process.env['OS_PASSWORD'] ?? '', project: options.project }
  const cloud = await new OpenStack(access).logIn()
  const { bench, putBack } = await prepare(cloud, access, async () => machineCpuSeconds(), options)
  if (options.zone !== undefined) bench.serverFields['availability_zone'] = options.zone
  try {
    return { ...(await walk(bench, options, progress, undefined)), startMs: null, idleBytes: null, loadedBytes: null, restedBytes: null }
  } finally {
    await putBack()
  }
}

const QUOTAS = [
  ['compute', (project: string) => `/v2.1/os-quota-sets/${project}`, 'quota_set', ['instances', 'cores', 'ram']],
  ['network', (project: string) => `/v2.0/quotas/${project}`, 'quota', ['network', 'subnet', 'port']],
] as const

/** Lifts the limits and finds, or makes, an image and a flavor. `putBack` leaves another cloud as it was found. */
async function prepare(cloud: OpenStack, access: Access, cpu: CpuClock, options: Options): Promise<{ bench: scenarios.Bench; putBack: () => Promise<void> }> {
  const undo: (() => Promise<unknown>)[] = []
  for (const [type, pathOf, key, names] of QUOTAS) {
    const path = pathOf(cloud.projectId)
    const before = (await cloud.get<Record<string, Record<string, number>>>(type, path))[key]!
    await cloud.put(type, path, { [key]: Object.fromEntries(names.map((name) => [name, -1])) })
    undo.push(() => cloud.put(type, path, { [key]: Object.fromEntries(names.map((name) => [name, before[name]])) }))
  }
  const { images } = await cloud.get<{ images: Named[] }>('image', '/v2/images?status=active')
  const { flavors } = await cloud.get<{ flavors: Named[] }>('compute', '/v2.1/flavors?sort_key=memory_mb&sort_dir=asc')
  let imageId = images.find((i) => options.image === undefined || i.name === options.image)?.id
  if (imageId === undefined) {
    const made = imageId = await smallImage(cloud)
    undo.push(() => cloud.delete('image', `/v2/images/${made}`))
  }
  let flavorId = flavors.find((f) => options.flavor === undefined || f.name === options.flavor)?.id
  if (flavorId === undefined) {
    const made = flavorId = (await cloud.post<{ flavor: { id: string } }>('compute', '/v2.1/flavors', { flavor: { name: 'bench', ram: 64, vcpus: 1, disk: 0 } })).flavor.id
    undo.push(() => cloud.delete('compute', `/v2.1/flavors/${made}`))
  }
  return {
    bench: { cloud, cpu, authUrl: access.authUrl, login: access, serverFields: {}, note: () => {}, quick: options.quick === true, imageId, flavorId },
    async putBack() { for (const step of undo.reverse()) await step() },
  }
}

async function smallImage(cloud: OpenStack): Promise<string> {
  const { id } = await cloud.post<{ id: string }>('image', '/v2/images', { name: 'bench', disk_format: 'raw', container_format: 'bare', visibility: 'public' })
  await cloud.request('image', 'PUT', `/v2/images/${id}/file`, new Uint8Array(4096), { 'content-type': 'application/octet-stream' })
  return id
}

interface Named { id: string; name: string }

type Measured = Pick<Outcome, 'samples' | 'bare' | 'boots' | 'transfers'>

async function walk(b: scenarios.Bench, options: Options, progress: Progress, bare: BareServer | undefined): Promise<Measured> {
  const samples: Sample[] = []
  const bareSamples: Sample[] = []
  const step = async <T>(name: string, work: () => Promise<T>): Promise<T> => await progress.step(name, async (note) => { b.note = note; return await work() })
  // The bare runtime is measured right after the call it stands beside: the machine may be busier a minute later.
  const calls = async (name: string, work: () => Promise<Sample[]>): Promise<void> => {
    for (const sample of await step(name, work)) {
      samples.push(sample)
      if (bare !== undefined && sample.bytes > 0) bareSamples.push({ ...(await bare.measure(sample)), name: sample.name })
    }
  }
  await calls('tokens', () => scenarios.tokens(b))
  await calls('small reads', () => scenarios.smallReads(b))
  await calls('network lists', () => scenarios.networkLists(b))
  await calls('network creates', async () => [await scenarios.networkCreates(b)])
  const { network } = await b.cloud.post<{ network: { id: string } }>('network', '/v2.0/networks', { network: { name: 'bench-boot' } })
  await b.cloud.post('network', '/v2.0/subnets', { subnet: { network_id: network.id, ip_version: 4, cidr: '10.96.0.0/16' } })
  let boots: Measured['boots']
  try {
    boots = await step('boots', () => scenarios.boots(b, network.id))
    await calls('server lists', () => scenarios.serverLists(b, network.id))
  } finally {
    await b.cloud.delete('network', `/v2.0/networks/${network.id}`)
  }
  const transfers = await step('image bytes', () => scenarios.imageBytes(b, Number(options.imageMib ?? (b.quick ? 128 : 1024))))
  return { samples, bare: bareSamples, boots, transfers }
}

function rssOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024
}
