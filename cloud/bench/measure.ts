/**
 * How a call is measured: many of them over kept connections, one after another and several at a time; the wall
 * clock tells latency and throughput, the server's own CPU clock tells cost. On shared machines the CPU figure is
 * the one to trust.
 */
import { Agent, request as httpRequest } from 'node:http'
import { readdirSync, readFileSync } from 'node:fs'

export interface Sample {
  name: string
  calls: number
  /** Median and 99th percentile of one call at a time, in milliseconds. */
  p50Ms: number
  p99Ms: number
  /** Calls per second with 16 in flight. */
  perSecond16: number
  /** CPU milliseconds of the server per call; null where it cannot be told. */
  cpuMs: number | null
  /** Bytes of one reply. */
  bytes: number
  /** How long path and headers of call and reply are, where there is one. */
  heads?: Heads
}

/** Header names with the lengths of their values: what is asked of any runtime besides the body. */
export interface Heads { path: number; request: Record<string, number>; reply: Record<string, number> }

/** Reads the CPU seconds the measured server has used so far. */
export type CpuClock = () => Promise<number>

export interface Call {
  (agent: Agent): Promise<number>
  /** Known once it was made. */
  heads?: Heads
}

/** One HTTP call; answers the size of the reply. Throws on an unexpected status. */
export function httpCall(method: string, url: string, headers: Record<string, string>, body?: string): Call {
  const call: Call = async (agent) => await new Promise<number>((resolve, reject) => {
    const sent = httpRequest(url, { method, agent, headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }) } }, (response) => {
      call.heads ??= { path: sent.path.length, request: lengths(headers), reply: lengths(response.headers) }
      let bytes = 0
      response.on('data', (chunk: Buffer) => { bytes += chunk.length })
      response.on('error', reject)
      response.on('end', () => {
        if (response.statusCode! < 400) resolve(bytes)
        else reject(new Error(`${method} ${url} → ${response.statusCode}`))
      })
    })
    sent.on('error', reject)
    sent.end(body)
  })
  return call
}

function lengths(headers: Record<string, string | string[] | undefined>): Record<string, number> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value).length]))
}

/** How many calls are measured, at most: one at a time, and several at a time. */
export interface Effort { alone: number; together: number }

const EFFORT: Effort = { alone: 300, together: 4000 }
const WIDTH = 16
const ROUNDS = 8
/** Slow calls end a phase before its count is full. */
const PHASE_MS = 10_000
/** And what a round of calls takes, one after another. */
const ROUND_MS = 2_000
/** An optimising compiler has seen a path often enough after so many calls, as a rule. */
const WARM_CALLS = 4000

export async function measure(name: string, call: Call, cpu: CpuClock | undefined, effort: Effort = EFFORT): Promise<Sample> {
  const agent = new Agent({ keepAlive: true, maxSockets: WIDTH })
  try {
    const round = await roundOf(call, agent, effort)
    await warmUp(call, agent, round)
    const { times, bytes } = await alone(call, agent, effort.alone)
    const rounds = await together(call, agent, round, cpu)
    times.sort((a, b) => a - b)
    return {
      name, calls: times.length + rounds.length * round, bytes, p50Ms: times[Math.floor(times.length / 2)]!, p99Ms: times[Math.floor(times.length * 0.99)]!,
      perSecond16: round / (median(rounds.map((r) => r.wallMs)) / 1000), cpuMs: cpu === undefined ? null : median(rounds.map((r) => r.cpuMs)) / round, heads: call.heads,
    }
  } finally {
    agent.destroy()
  }
}

/** How many calls a round has: fewer where they are slow, but enough that several are in flight. */
async function roundOf(call: Call, agent: Agent, effort: Effort): Promise<number> {
  await call(agent)
  const began = performance.now()
  await call(agent)
  const most = Math.max(WIDTH, Math.ceil(ROUND_MS / (performance.now() - began)))
  return Math.max(1, Math.min(most, Math.ceil(effort.together / ROUNDS)))
}

/** Until rounds get no faster: compilers have settled and caches are full. */
async function warmUp(call: Call, agent: Agent, round: number): Promise<void> {
  const deadline = performance.now() + PHASE_MS
  let best = Number.POSITIVE_INFINITY
  for (let calls = 0, stale = 0; performance.now() < deadline && (stale < 3 || (calls < WARM_CALLS && calls < 20 * round)); calls += round) {
    const began = performance.now()
    await inParallel(round, WIDTH, () => call(agent))
    const took = performance.now() - began
    stale = took < best * 0.97 ? 0 : stale + 1
    best = Math.min(best, took)
  }
}

async function alone(call: Call, agent: Agent, count: number): Promise<{ times: number[]; bytes: number }> {
  const deadline = performance.now() + PHASE_MS
  const times: number[] = []
  let bytes = 0
  while (times.length < count && (times.length === 0 || performance.now() < deadline)) {
    const began = performance.now()
    bytes = await call(agent)
    times.push(performance.now() - began)
  }
  return { times, bytes }
}

/** The median of several rounds is what a machine shared with others tells of itself. */
async function together(call: Call, agent: Agent, round: number, cpu: CpuClock | undefined): Promise<{ wallMs: number; cpuMs: number }[]> {
  const deadline = performance.now() + PHASE_MS
  const rounds: { wallMs: number; cpuMs: number }[] = []
  while (rounds.length < ROUNDS && (rounds.length === 0 || performance.now() < deadline)) {
    const [before, began] = [(await cpu?.()) ?? 0, performance.now()]
    await inParallel(round, WIDTH, () => call(agent))
    rounds.push({ wallMs: performance.now() - began, cpuMs: (((await cpu?.()) ?? 0) - before) * 1000 })
  }
  return rounds
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!
}

export async function inParallel(count: number, width: number, work: (at: number) => Promise<unknown>): Promise<void> {
  let next = 0
  await Promise.all(Array.from({ length: width }, async () => {
    while (next < count) await work(next++)
  }))
}

/** CPU seconds of one process: of its threads to the nanosecond, where the kernel counts so finely. */
export function processCpuSeconds(pid: number): number {
  try {
    const threads = readdirSync(`/proc/${pid}/task`)
    return threads.reduce((sum, tid) => sum + Number(readFileSync(`/proc/${pid}/task/${tid}/schedstat`, 'utf8').split(' ')[0]), 0) / 1e9
  } catch {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[11]) + Number(fields[12])) / 100
  }
}

/** CPU seconds of the whole machine but this process: for a cloud of many processes that runs here too. */
export function machineCpuSeconds(): number {
  const [user, nice, system, , , irq, softirq] = readFileSync('/proc/stat', 'utf8').split('\n')[0]!.trim().split(/\s+/).slice(1).map(Number) as number[]
  const own = process.cpuUsage()
  return (user! + nice! + system! + irq! + softirq!) / 100 - (own.user + own.system) / 1e6
}
