/**
 * The operator's door, beside the OpenStack APIs: `/metrics` for Prometheus, and for the `nacre` commands on this
 * machine `/operator/…`, behind a secret that only the owner of the state folder can read. It answers with views of
 * what the services keep; it holds no state.
 */
import { timingSafeEqual } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { agentClient } from '#core/agents/contract.ts'
import type { Bus } from '#core/bus/bus.ts'
import type { ApiReply, ApiRequest } from '#core/http/message.ts'
import { listen, type Listener } from '#core/http/socket.ts'
import type { Log } from '#core/log/log.ts'
import type { Metrics } from '#core/metrics/metrics.ts'
import type { Problem } from '#core/service/explain.ts'
import { networkAgentContract } from '#services/network/agent/network-agent.contract.ts'
import type { AssembledCloud } from '../assemble.ts'
import { tellStory } from './story.ts'

export interface OperatorOptions {
  cloud: AssembledCloud
  bus: Bus
  host: string
  metrics: Metrics
  token: string
  log: Log
  listenHost: string
  port: number
  startedAt: string
  /** Kept when the agents of this host have started; what they have not looked at yet cannot be judged. */
  agentsStarted: Promise<void>
}

export interface StatusReport {
  startedAt: string
  processes: { role: string; pid: number; rssBytes: number; cpuSeconds: number }[]
  ports: Record<string, number>
  services: { name: string; type: string; url: string }[]
  hosts: { host: string; kind: string; alive: boolean; lastSeenAt: string }[]
}

/** From the start of the process on. */
const FIRST_BEATS_MS = 60_000

type Handler = (options: OperatorOptions, request: ApiRequest, rest: string) => Promise<unknown>

const ROUTES: [method: string, prefix: string, handler: Handler][] = [
  ['GET', '/operator/status', async (o) => await status(o)],
  ['GET', '/operator/why/', async (o, _request, id) => await tellStory(o.cloud.services, decodeURIComponent(id))],
  ['POST', '/operator/doctor', async (o, request) => await diagnose(o, new URLSearchParams(request.query).get('repair') === '1')],
  ['POST', '/operator/settle', async (o) => { await o.cloud.settled(); return {} }],
]

export async function startOperatorApi(options: OperatorOptions): Promise<Listener> {
  return await listen({ handle: (request) => answer(options, request), host: options.listenHost, port: options.port })
}

async function answer(options: OperatorOptions, request: ApiRequest): Promise<ApiReply> {
  if (request.path === '/metrics') {
    return { status: 200, headers: { 'content-type': options.metrics.registry.contentType }, body: await options.metrics.registry.metrics() }
  }
  if (!authorised(options.token, request.headers['authorization'])) return { status: 401, headers: {}, body: { message: 'this door needs the operator token of the state folder' } }
  for (const [method, prefix, handler] of ROUTES) {
    if (request.method !== method || !request.path.startsWith(prefix)) continue
    try {
      return { status: 200, headers: {}, body: await handler(options, request, request.path.slice(prefix.length)) }
    } catch (error) {
      options.log.error({ err: error, path: request.path }, 'an operator question failed')
      return { status: 500, headers: {}, body: { message: (error as Error).message } }
    }
  }
  return { status: 404, headers: {}, body: { message: 'no such question' } }
}

function authorised(token: string, header: string | undefined): boolean {
  const given = Buffer.from(header ?? '')
  const wanted = Buffer.from(`Bearer ${token}`)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

async function status(options: OperatorOptions): Promise<StatusReport> {
  const cpu = process.cpuUsage()
  return {
    startedAt: options.startedAt,
    processes: [{ role: 'all', pid: process.pid, rssBytes: process.memoryUsage.rss(), cpuSeconds: (cpu.user + cpu.system) / 1e6 }],
    ports: options.cloud.ports,
    services: options.cloud.endpoints.map(({ type, name, url }) => ({ name, type, url })),
    hosts: await hosts(options.cloud),
  }
}

/** Hosts as the services themselves list them, through their own APIs. */
async function hosts(cloud: AssembledCloud): Promise<StatusReport['hosts']> {
  const found: StatusReport['hosts'] = []
  const computeServices = await ask<{ services: { host: string; binary: string; state: string; updated_at: string }[] }>(cloud, 'compute', '/v2.1/os-services')
  for (const s of computeServices?.services ?? []) found.push({ host: s.host, kind: s.binary, alive: s.state === 'up', lastSeenAt: instant(s.updated_at) })
  const agents = await ask<{ agents: { host: string; agent_type: string; alive: boolean; heartbeat_timestamp: string }[] }>(cloud, 'network', '/v2.0/agents')
  for (const a of agents?.agents ?? []) found.push({ host: a.host, kind: a.agent_type, alive: a.alive, lastSeenAt: instant(a.heartbeat_timestamp) })
  return found
}

/** Each API writes UTC in a way of its own; here it is ISO 8601. */
function instant(text: string): string {
  return new Date(`${text.replace(' ', 'T').replace(/Z$/, '')}Z`).toISOString()
}

async function ask<T>(cloud: AssembledCloud, name: 'compute' | 'network', path: string): Promise<T | undefined> {
  const service = cloud.services.get(name)
  if (service === undefined) return undefined
  const reply = await service.pipeline.handle({ method: 'GET', path, query: '', headers: {}, origin: '', identity: service.context().identity })
  return reply.status === 200 ? (reply.body as T) : undefined
}

export interface Diagnosis { checks: { service: string; name: string; invariant: string; problems: Problem[]; failed?: string }[] }

async function diagnose(options: OperatorOptions, repair: boolean): Promise<Diagnosis> {
  await options.agentsStarted
  await signsOfLife(options)
  const checks: Diagnosis['checks'] = []
  for (const [service, running] of options.cloud.services) {
    for (const check of running.definition.checks ?? []) {
      const entry = { service: service as string, name: check.name, invariant: check.invariant, problems: [] as Problem[] }
      checks.push(entry)
      try {
        entry.problems = await check.run(running.context() as never, repair)
      } catch (error) {
        Object.assign(entry, { failed: (error as Error).message })
      }
    }
  }
  checks.push(await checkHost(options, repair))
  return { checks }
}

/** Right after a start the agents' first heartbeats may still be under way; without them everything on the host looks forsaken. */
async function signsOfLife(options: OperatorOptions): Promise<void> {
  const patience = Date.parse(options.startedAt) + FIRST_BEATS_MS
  while (Date.now() < patience) {
    const here = (await hosts(options.cloud)).filter(({ host }) => host === options.host)
    if (here.length > 0 && here.every(({ alive }) => alive)) return
    await setTimeout(100)
  }
}

/** The host's data plane against the wanted state, by its own agent. */
async function checkHost(options: OperatorOptions, repair: boolean): Promise<Diagnosis['checks'][number]> {
  const entry = { service: 'network', name: 'data-plane', invariant: `Bridges, namespaces, rules and DHCP of host ${options.host} are as the network service wants them.`, problems: [] as Problem[] }
  try {
    const differences = await agentClient(options.bus, networkAgentContract, options.host).check({ repair })
    entry.problems = differences.map((d) => ({ kind: 'host-difference', resource: d.resource, id: d.id, sentence: d.problem, repairable: true, repaired: repair }))
  } catch (error) {
    return Object.assign(entry, { failed: (error as Error).message })
  }
  return entry
}
