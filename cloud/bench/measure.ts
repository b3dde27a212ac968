/**
 * How a call is measured: many of them over kept connections, one after another and several at a time; the wall
 * clock tells latency and throughput, the server's own CPU clock tells cost. On shared machines the CPU figure is
 * the one to trust.
 */
import { Agent, request as httpRequest } from 'node:http'
import { readFileSync } from 'node:fs'

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
}

/** Reads the CPU seconds the measured server has used so far. */
export type CpuClock = () => Promise<number>

export type Call = (agent: Agent) => Promise<number>

/** One HTTP call; answers the size of the reply. Throws on an unexpected status. */
export function httpCall(method: string, url: string, headers: Record<string, string>, body?: string): Call {
  return async (agent) => await new Promise<number>((resolve, reject) => {
    const sent = httpRequest(url, { method, agent, headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }) } }, (response) => {
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
}

export interface Effort { warmUp: number; alone: number; together: number }

const EFFORT: Effort = { warmUp: 1500, alone: 300, together: 4000 }

export async function measure(name: string, call: Call, cpu: CpuClock | undefined, effort: Effort = EFFORT): Promise<Sample> {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 })
  try {
    let bytes = 0
    for (let i = 0; i < effort.warmUp; i++) bytes = await call(agent)
    const before = await cpu?.()
    const times: number[] = []
    for (let i = 0; i < effort.alone; i++) {
      const began = performance.now()
      bytes = await call(agent)
      times.push(performance.now() - began)
    }
    const began = performance.now()
    await inParallel(effort.together, 16, () => call(agent))
    const wallMs = performance.now() - began
    const used = before === undefined ? undefined : (await cpu!()) - before
    times.sort((a, b) => a - b)
    return {
      name, calls: effort.alone + effort.together, bytes, p50Ms: times[Math.floor(times.length / 2)]!, p99Ms: times[Math.floor(times.length * 0.99)]!,
      perSecond16: effort.together / (wallMs / 1000), cpuMs: used === undefined ? null : (used * 1000) / (effort.alone + effort.together),
    }
  } finally {
    agent.destroy()
  }
}

export async function inParallel(count: number, width: number, work: (at: number) => Promise<unknown>): Promise<void> {
  let next = 0
  await Promise.all(Array.from({ length: width }, async () => {
    while (next < count) await work(next++)
  }))
}

/** CPU seconds of one process and of its children that ended. */
export function processCpuSeconds(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

/** CPU seconds of the whole machine but this process: for a cloud of many processes that runs here too. */
export function machineCpuSeconds(): number {
  const [user, nice, system, , , irq, softirq] = readFileSync('/proc/stat', 'utf8').split('\n')[0]!.trim().split(/\s+/).slice(1).map(Number) as number[]
  const own = process.cpuUsage()
  return (user! + nice! + system! + irq! + softirq!) / 100 - (own.user + own.system) / 1e6
}
