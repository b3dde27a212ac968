/** Placement against the servers: who runs on a host holds there what its flavor says, and nobody else holds anything. */
import { NeighbourError } from '#core/clients/neighbour.ts'
import type { Resources } from '#services/placement/contract.ts'
import type { ComputeContext } from '../context.ts'
import { listHosts, type HostRow } from '../hosts/host.store.ts'
import { beforeResizeOf } from '../resizes/before-resize.ts'
import { resourcesOf } from '../scheduler/resources.ts'
import type { EmbeddedFlavor } from '../servers/server.row.ts'
import { listCheckedServers, placesOf, serversOfMigrations, type CheckedServer } from './doctor.store.ts'
import { prove, type Finding } from './prove.ts'

/** Consumer → provider → amounts. */
type Held = Map<string, Map<string, Resources>>

interface Wanted { consumer: string; type: 'INSTANCE' | 'MIGRATION'; server: CheckedServer; provider: string; resources: Resources; says: string }

export const claimsCheck = prove({
  name: 'allocations', invariant: 'Every server holds on its host what its flavor says, and nothing is held for servers that are not there.',
  async find(ctx) {
    // Claims are read before servers: a row is written before its claim and goes after it.
    const hosts = await listHosts(ctx)
    const held = await readHeld(ctx, hosts)
    const servers = await listCheckedServers(ctx)
    const { wanted, lost } = wantedBy(servers, hosts)
    const expected = new Set(wanted.map((w) => w.consumer))
    const strangers = [...held.keys()].filter((consumer) => !expected.has(consumer))
    return [...lost, ...wanted.flatMap((w) => compare(w, held.get(w.consumer))), ...await leftovers(ctx, strangers, held, new Map(hosts.map((h) => [h.node_id, h.host])))]
  },
})

async function readHeld(ctx: ComputeContext, hosts: HostRow[]): Promise<Held> {
  const held: Held = new Map()
  for (const host of hosts) {
    for (const [consumer, { resources }] of Object.entries(await allocationsOn(ctx, host.node_id))) {
      const providers = held.get(consumer) ?? new Map<string, Resources>()
      held.set(consumer, providers.set(host.node_id, resources))
    }
  }
  return held
}

/** A provider that is missing is another check's matter. */
async function allocationsOn(ctx: ComputeContext, provider: string): Promise<Record<string, { resources: Resources }>> {
  try {
    return await ctx.clients.placement.providerAllocations(ctx, provider)
  } catch (error) {
    if (error instanceof NeighbourError && error.status === 404) return {}
    throw error
  }
}

function wantedBy(servers: CheckedServer[], hosts: HostRow[]): { wanted: Wanted[]; lost: Finding[] } {
  const nodeOf = new Map(hosts.map((host) => [host.host, host.node_id]))
  const amounts = new Map<string, Resources>()
  const amountsOf = (flavor: string): Resources => {
    if (!amounts.has(flavor)) amounts.set(flavor, resourcesOf(JSON.parse(flavor) as EmbeddedFlavor))
    return amounts.get(flavor)!
  }
  const wanted: Wanted[] = []
  const lost: Finding[] = []
  for (const server of servers) {
    if (server.host === null) continue
    const provider = nodeOf.get(server.host)
    if (provider === undefined) {
      lost.push({ kind: 'unknown-host', resource: 'server', id: server.id, serverId: server.id, sentence: `server ${server.id} is on host ${server.host}, which compute does not know` })
      continue
    }
    wanted.push({ consumer: server.id, type: 'INSTANCE', server, provider, resources: amountsOf(server.flavor), says: `server ${server.id}` })
    const before = beforeResizeOf(server)
    if (before !== undefined) wanted.push({ consumer: before.migrationId, type: 'MIGRATION', server, provider, resources: amountsOf(before.columns.flavor), says: `the resize of server ${server.id}` })
  }
  return { wanted, lost }
}

function compare(w: Wanted, held: Map<string, Resources> | undefined): Finding[] {
  const here = held?.get(w.provider)
  // Numbered groups may be served by providers below the host: their amounts are not judged.
  if (inGroups(w.server.flavor) || (held?.size === 1 && here !== undefined && same(here, w.resources))) return []
  const mend = async (ctx: ComputeContext): Promise<void> => {
    await ctx.clients.placement.putAllocations(ctx, w.consumer, { allocations: { [w.provider]: { resources: w.resources } }, projectId: w.server.project_id, userId: w.server.user_id, consumerType: w.type })
  }
  const about = { resource: 'server', id: w.server.id, serverId: w.server.id, mend }
  if (held === undefined) return [{ kind: 'lost-allocation', ...about, sentence: `${w.says} runs on ${w.server.host} and holds nothing there; it needs ${text(w.resources)}` }]
  if (here === undefined) return [{ kind: 'misplaced-allocation', ...about, sentence: `${w.says} is on ${w.server.host}, and holds its resources elsewhere` }]
  if (same(here, w.resources)) return [{ kind: 'double-allocation', ...about, sentence: `${w.says} is on ${w.server.host}, and holds resources on another host besides` }]
  return [{ kind: 'wrong-allocation', ...about, sentence: `${w.says} holds ${text(here)} on ${w.server.host}; its flavor says ${text(w.resources)}` }]
}

function inGroups(flavor: string): boolean {
  return /"resources[a-zA-Z0-9_-]+:/.test(flavor)
}

/** Consumers that nothing accounts for. Those that are neither servers nor migrations are not compute's to judge. */
async function leftovers(ctx: ComputeContext, consumers: string[], held: Held, hostOf: Map<string, string>): Promise<Finding[]> {
  if (consumers.length === 0) return []
  const places = await placesOf(ctx, consumers)
  const migrations = await serversOfMigrations(ctx, consumers)
  const findings: Finding[] = []
  for (const id of consumers) {
    const known = places.has(id) || migrations.has(id)
    if (!known && !['INSTANCE', 'MIGRATION'].includes((await ctx.clients.placement.getAllocations(ctx, id)).consumer_type ?? '')) continue
    const what = migrations.has(id) ? `the move ${id} of server ${migrations.get(id)}, which is over,` : places.get(id)?.deleted === 0 ? `server ${id}, which is on no host,` : `server ${id}, which is gone,`
    const hosts = [...held.get(id)!.keys()].map((provider) => hostOf.get(provider) ?? provider).join(', ')
    findings.push({
      kind: 'orphan-allocation', resource: 'allocation', id, serverId: migrations.get(id) ?? id, sentence: `${what} still holds resources on ${hosts}`,
      mend: async (ctx) => { await ctx.clients.placement.deleteAllocations(ctx, id) },
    })
  }
  return findings
}

function same(a: Resources, b: Resources): boolean {
  const names = Object.keys(a)
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name])
}

function text(resources: Resources): string {
  return Object.entries(resources).map(([name, amount]) => `${name} ${amount}`).join(', ')
}
