/**
 * Placement for its neighbours: typed functions over its API. All calls are made on the caller's own service
 * account. Generations are handled here: a write that meets another writer reads again and repeats, so callers say
 * what should be and never see a generation.
 */
import { NeighbourError, type Caller, type Neighbour, type NeighbourRequest } from '#core/clients/neighbour.ts'

export { STANDARD_TRAITS } from './traits/standard-traits.ts'

/** Amounts by resource class: `{ VCPU: 2, MEMORY_MB: 512 }`. */
export type Resources = Record<string, number>

/** What a provider has of one class. Absent fields take placement's defaults (all of it, in ones, ratio 1). */
export interface Inventory { total: number; reserved?: number; min_unit?: number; max_unit?: number; step_size?: number; allocation_ratio?: number }

export interface Provider { uuid: string; name: string; generation: number; parent_provider_uuid: string | null; root_provider_uuid: string }

export interface CandidateQuery {
  resources: Resources
  /** Traits each provider must have; an inner list means any one of it. */
  required?: (string | string[])[]
  forbidden?: string[]
  /** Aggregates (UUIDs): each entry must hold, an inner list means any one of it. */
  memberOf?: (string | string[])[]
  notMemberOf?: string[]
  /** Only from the tree of this provider. */
  inTree?: string
  limit?: number
}

/** One way to serve a request: what to claim from which provider. `allocations` goes into `putAllocations` as it is. */
export interface AllocationRequest { allocations: Record<string, { resources: Resources }>; mappings: Record<string, string[]> }

export interface ProviderSummary {
  resources: Record<string, { capacity: number; used: number }>
  traits: string[]
  parent_provider_uuid: string | null
  root_provider_uuid: string
}

export interface Candidates { allocation_requests: AllocationRequest[]; provider_summaries: Record<string, ProviderSummary> }

export interface ConsumerAllocations {
  allocations: Record<string, { generation: number; resources: Resources }>
  /** Absent when the consumer holds nothing. */
  project_id?: string
  user_id?: string
  consumer_generation?: number
  consumer_type?: string
}

export interface Claim {
  /** By provider UUID; empty gives everything back. */
  allocations: Record<string, { resources: Resources }>
  projectId: string
  userId: string
  /** `INSTANCE`, `MIGRATION` … */
  consumerType?: string
}

export type PlacementClient = ReturnType<typeof placementClient>

const VERSION = 'placement 1.39'
const ATTEMPTS = 5

type Call = <T>(ctx: Caller, request: NeighbourRequest) => Promise<{ status: number; body: T }>

export function placementClient(neighbour: Neighbour) {
  const call: Call = async <T>(ctx: Caller, request: NeighbourRequest) =>
    await neighbour.request<T>(ctx, 'service', { ...request, headers: { 'openstack-api-version': VERSION } })
  return { ...providerCalls(call), ...stockCalls(call), ...candidateCalls(call), ...claimCalls(call) }
}

function providerCalls(call: Call) {
  return {
    /** Makes the provider unless it is there; a changed name or parent is corrected. */
    async ensureProvider(ctx: Caller, wanted: { uuid: string; name: string; parentUuid?: string | null }): Promise<Provider> {
      const found = await call<Provider>(ctx, { method: 'GET', path: `/resource_providers/${wanted.uuid}`, ok: [404] })
      const fields = { name: wanted.name, ...(wanted.parentUuid === undefined ? {} : { parent_provider_uuid: wanted.parentUuid }) }
      if (found.status === 404) return (await call<Provider>(ctx, { method: 'POST', path: '/resource_providers', body: { uuid: wanted.uuid, ...fields } })).body
      const right = found.body.name === wanted.name && (wanted.parentUuid === undefined || found.body.parent_provider_uuid === wanted.parentUuid)
      return right ? found.body : (await call<Provider>(ctx, { method: 'PUT', path: `/resource_providers/${wanted.uuid}`, body: fields })).body
    },

    async listProviders(ctx: Caller, filter: { name?: string; uuid?: string; inTree?: string; memberOf?: string[] } = {}): Promise<Provider[]> {
      const query = { name: filter.name, uuid: filter.uuid, in_tree: filter.inTree, member_of: anyOf(filter.memberOf) }
      return (await call<{ resource_providers: Provider[] }>(ctx, { method: 'GET', path: '/resource_providers', query })).body.resource_providers
    },

    /** Gone is success. Throws 409 while it has allocations or children. */
    async deleteProvider(ctx: Caller, uuid: string): Promise<void> {
      await call(ctx, { method: 'DELETE', path: `/resource_providers/${uuid}`, ok: [404] })
    },

    /** Registers a custom trait; knowing it already is success. */
    async ensureTrait(ctx: Caller, name: string): Promise<void> {
      await call(ctx, { method: 'PUT', path: `/traits/${name}` })
    },

    /** Registers a custom resource class; knowing it already is success. */
    async ensureResourceClass(ctx: Caller, name: string): Promise<void> {
      await call(ctx, { method: 'PUT', path: `/resource_classes/${name}` })
    },
  }
}

/** What a provider has: inventories, traits, aggregates. A write that meets another one reads again and repeats. */
function stockCalls(call: Call) {
  async function read<T>(ctx: Caller, uuid: string, part: string): Promise<T> {
    return (await call<T>(ctx, { method: 'GET', path: `/resource_providers/${uuid}${part}` })).body
  }

  async function write(ctx: Caller, uuid: string, part: string, value: object): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      const { generation } = await read<Provider>(ctx, uuid, '')
      try {
        await call(ctx, { method: 'PUT', path: `/resource_providers/${uuid}${part}`, body: { resource_provider_generation: generation, ...value } })
        return
      } catch (error) {
        if (attempt >= ATTEMPTS || !isRace(error)) throw error
      }
    }
  }

  return {
    /** The whole inventory of a provider; classes left out are removed. */
    setInventory: (ctx: Caller, uuid: string, inventories: Record<string, Inventory>): Promise<void> => write(ctx, uuid, '/inventories', { inventories }),
    setTraits: (ctx: Caller, uuid: string, traits: string[]): Promise<void> => write(ctx, uuid, '/traits', { traits }),
    setAggregates: (ctx: Caller, uuid: string, aggregates: string[]): Promise<void> => write(ctx, uuid, '/aggregates', { aggregates }),

    async getInventory(ctx: Caller, uuid: string): Promise<Record<string, Required<Inventory>>> {
      return (await read<{ inventories: Record<string, Required<Inventory>> }>(ctx, uuid, '/inventories')).inventories
    },

    async getTraits(ctx: Caller, uuid: string): Promise<string[]> {
      return (await read<{ traits: string[] }>(ctx, uuid, '/traits')).traits
    },

    async getAggregates(ctx: Caller, uuid: string): Promise<string[]> {
      return (await read<{ aggregates: string[] }>(ctx, uuid, '/aggregates')).aggregates
    },

    /** Used amounts of one provider by class. */
    async providerUsages(ctx: Caller, uuid: string): Promise<Resources> {
      return (await read<{ usages: Resources }>(ctx, uuid, '/usages')).usages
    },

    /** Everything claimed from one provider, by consumer. */
    async providerAllocations(ctx: Caller, uuid: string): Promise<Record<string, { resources: Resources; consumer_generation: number }>> {
      return (await read<{ allocations: Record<string, { resources: Resources; consumer_generation: number }> }>(ctx, uuid, '/allocations')).allocations
    },
  }
}

function candidateCalls(call: Call) {
  return {
    async allocationCandidates(ctx: Caller, query: CandidateQuery): Promise<Candidates> {
      return (await call<Candidates>(ctx, { method: 'GET', path: '/allocation_candidates', query: candidateQuery(query) })).body
    },

    /** As above for several request groups: `query` is spelled as the API spells it (`resources1`, `group_policy` …). */
    async allocationCandidatesRaw(ctx: Caller, query: Record<string, string | string[] | undefined>): Promise<Candidates> {
      return (await call<Candidates>(ctx, { method: 'GET', path: '/allocation_candidates', query })).body
    },

    /** Used amounts of a project (of one user of it) by class, all types of consumers together. */
    async projectUsages(ctx: Caller, projectId: string, userId?: string): Promise<Resources> {
      const query = { project_id: projectId, user_id: userId, consumer_type: 'all' }
      const answer = await call<{ usages: Record<string, Resources> }>(ctx, { method: 'GET', path: '/usages', query })
      const { consumer_count: _count, ...used } = answer.body.usages['all'] ?? {}
      return used
    },
  }
}

function claimCalls(call: Call) {
  async function getAllocations(ctx: Caller, consumer: string): Promise<ConsumerAllocations> {
    return (await call<ConsumerAllocations>(ctx, { method: 'GET', path: `/allocations/${consumer}` })).body
  }

  async function generationOf(ctx: Caller, consumer: string): Promise<number | null> {
    return (await getAllocations(ctx, consumer)).consumer_generation ?? null
  }

  return {
    getAllocations,

    /**
     * Makes the claim of a consumer be exactly this, whatever it was. Throws `NeighbourError` 409 when it does not
     * fit (`code` is then not `placement.concurrent_update`).
     */
    async putAllocations(ctx: Caller, consumer: string, claim: Claim): Promise<void> {
      let generation: number | null = null
      for (let attempt = 1; ; attempt += 1) {
        try {
          await call(ctx, { method: 'PUT', path: `/allocations/${consumer}`, body: claimBody(claim, generation) })
          return
        } catch (error) {
          if (attempt >= ATTEMPTS || !isRace(error)) throw error
          generation = await generationOf(ctx, consumer)
        }
      }
    },

    /** Several consumers at once, all or nothing: moves a claim from a server to its migration and back. */
    async putManyAllocations(ctx: Caller, claims: Record<string, Claim>): Promise<void> {
      for (let attempt = 1; ; attempt += 1) {
        const body: Record<string, object> = {}
        for (const [consumer, claim] of Object.entries(claims)) body[consumer] = claimBody(claim, await generationOf(ctx, consumer))
        try {
          await call(ctx, { method: 'POST', path: '/allocations', body })
          return
        } catch (error) {
          if (attempt >= ATTEMPTS || !isRace(error)) throw error
        }
      }
    },

    /** Gives everything back. Holding nothing is success. */
    async deleteAllocations(ctx: Caller, consumer: string): Promise<void> {
      await call(ctx, { method: 'DELETE', path: `/allocations/${consumer}`, ok: [404] })
    },
  }
}

/** True for a write that met another writer, which is worth repeating. */
function isRace(error: unknown): boolean {
  return error instanceof NeighbourError && error.status === 409 && error.code === 'placement.concurrent_update'
}

function claimBody(claim: Claim, generation: number | null): object {
  return {
    allocations: claim.allocations, project_id: claim.projectId, user_id: claim.userId,
    consumer_generation: generation, consumer_type: claim.consumerType ?? 'INSTANCE',
  }
}

function candidateQuery(query: CandidateQuery): Record<string, string | string[] | undefined> {
  const plain = (query.required ?? []).filter((t) => typeof t === 'string')
  const forbidden = (query.forbidden ?? []).map((t) => `!${t}`)
  const choices = (query.required ?? []).filter((t) => Array.isArray(t)).map((t) => `in:${t.join(',')}`)
  const traits = [...plain, ...forbidden].join(',')
  return {
    resources: Object.entries(query.resources).map(([name, amount]) => `${name}:${amount}`).join(','),
    required: [...(traits === '' ? [] : [traits]), ...choices],
    member_of: [...(query.memberOf ?? []).map((m) => anyOf(m)!), ...(query.notMemberOf ?? []).map((a) => `!${a}`)],
    in_tree: query.inTree,
    limit: query.limit === undefined ? undefined : String(query.limit),
  }
}

function anyOf(aggregates: string | string[] | undefined): string | undefined {
  return Array.isArray(aggregates) ? `in:${aggregates.join(',')}` : aggregates
}
