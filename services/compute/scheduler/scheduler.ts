/**
 * The scheduler: placement says which hosts have room, filters take away those that will not do, weighers order the
 * rest. The answer is a host with its claim, or every refusal with its reason. It changes nothing: the claim is made
 * in a step of its own, and a lost race comes back here.
 */
import { randomInt } from 'node:crypto'
import { listAggregatesWithHosts, zoneOfHost, type HostAggregate } from '../aggregates/aggregate.store.ts'
import type { ComputeContext } from '../context.ts'
import { isHostUp, listHosts, listHostsByNode, reportOf, type HostRow } from '../hosts/host.store.ts'
import { buildingByHost } from '../servers/server.store.ts'
import type { AllocationRequest, Candidates } from '#services/placement/contract.ts'
import type { Explanation, Refusal } from './explanation.ts'
import { hostFilters } from './filters.ts'
import type { HostCandidate, SchedulingRequest } from './request.ts'
import { candidateQuery, resourcesOf } from './resources.ts'
import { weigh } from './weighers.ts'

export interface Choice { candidate: HostCandidate | null; explanation: Explanation }

export async function schedule(ctx: ComputeContext, request: SchedulingRequest): Promise<Choice> {
  const offered = await ctx.clients.placement.allocationCandidatesRaw(ctx, candidateQuery(request.flavor, request.image, ctx.config.maxCandidates))
  const candidates = await candidatesOf(ctx, offered)
  const refusals: Refusal[] = []
  const left = candidates.filter((candidate) => {
    const refusal = refuse(request, candidate)
    if (refusal !== undefined) refusals.push(refusal)
    return refusal === undefined
  })
  const weighed = weigh(ctx.config, request, left)
  const among = Math.min(ctx.config.hostSubsetSize, weighed.length)
  const candidate = weighed[among > 1 ? randomInt(among) : 0]?.host ?? null
  const explanation: Explanation = {
    hosts: candidates.length, withRoom: candidates.length, refusals, weighed: weighed.slice(0, 10).map((w) => ({ host: w.host.host, weight: w.weight })), chosen: candidate?.host ?? null,
  }
  return { candidate, explanation: candidate === null ? await withFullHosts(ctx, request, explanation, candidates) : explanation }
}

function refuse(request: SchedulingRequest, candidate: HostCandidate): Refusal | undefined {
  const forced = request.forcedHost !== null || request.forcedNode !== null
  for (const filter of hostFilters) {
    if (forced && filter.always !== true) continue
    const reason = filter.refuse(request, candidate)
    if (reason !== undefined) return { host: candidate.host, filter: filter.name, reason }
  }
  return undefined
}

async function candidatesOf(ctx: ComputeContext, offered: Candidates): Promise<HostCandidate[]> {
  const byNode = new Map<string, AllocationRequest>()
  for (const allocation of offered.allocation_requests) {
    for (const provider of Object.keys(allocation.allocations)) {
      const root = offered.provider_summaries[provider]?.root_provider_uuid ?? provider
      if (!byNode.has(root)) byNode.set(root, allocation)
    }
  }
  const rows = (await listHostsByNode(ctx, [...byNode.keys()])).toSorted((a, b) => (a.host < b.host ? -1 : 1))
  if (rows.length === 0) return []
  const aggregates = await listAggregatesWithHosts(ctx)
  const building = rows.length > 1 ? await buildingByHost(ctx) : new Map<string, number>()
  return rows.map((row) => candidateOf(ctx, row, aggregates, building.get(row.host) ?? 0, { allocation: byNode.get(row.node_id)!, offered }))
}

function candidateOf(ctx: ComputeContext, row: HostRow, aggregates: HostAggregate[], building: number, from: { allocation: AllocationRequest; offered: Candidates }): HostCandidate {
  const summary = from.offered.provider_summaries[row.node_id]
  const free = Object.fromEntries(Object.entries(summary?.resources ?? {}).map(([name, { capacity, used }]) => [name, capacity - used]))
  return {
    host: row.host, node: row.hypervisor_hostname, nodeId: row.node_id, up: isHostUp(ctx, row), disabled: row.disabled === 1, disabledReason: row.disabled_reason,
    report: reportOf(row), zone: zoneOfHost(ctx, aggregates, row.host), aggregates: aggregates.filter((a) => a.hosts.includes(row.host)), traits: summary?.traits ?? [],
    free, building, failedBuilds: row.failed_builds, allocation: from.allocation,
  }
}

const HOSTS_LOOKED_AT = 20

/** Adds the hosts that placement did not offer, and what they lack. Only asked when nothing was found. */
async function withFullHosts(ctx: ComputeContext, request: SchedulingRequest, explanation: Explanation, candidates: HostCandidate[]): Promise<Explanation> {
  const offered = new Set(candidates.map((candidate) => candidate.host))
  const hosts = await listHosts(ctx)
  const refusals = [...explanation.refusals]
  for (const row of hosts.filter((host) => !offered.has(host.host)).slice(0, HOSTS_LOOKED_AT)) {
    refusals.push({ host: row.host, filter: 'capacity', reason: await lack(ctx, row, resourcesOf(request.flavor)) })
  }
  return { ...explanation, hosts: hosts.length, refusals }
}

async function lack(ctx: ComputeContext, row: HostRow, wanted: Record<string, number>): Promise<string> {
  try {
    const inventory = await ctx.clients.placement.getInventory(ctx, row.node_id)
    const used = await ctx.clients.placement.providerUsages(ctx, row.node_id)
    const short = Object.entries(wanted).flatMap(([name, amount]) => {
      const have = inventory[name]
      const capacity = have === undefined ? 0 : Math.floor((have.total - have.reserved) * have.allocation_ratio)
      const room = capacity - (used[name] ?? 0)
      const most = have === undefined ? 0 : Math.min(room, have.max_unit)
      return amount > most ? [`${name}: needs ${amount}, ${room} of ${capacity} free${most < room ? ` and at most ${most} for one server` : ''}`] : []
    })
    return short.length > 0 ? short.join('; ') : 'it lacks a trait that is required'
  } catch (error) {
    return `placement does not know it yet (${(error as Error).message})`
  }
}
