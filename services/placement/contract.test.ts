import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { serviceIdentity } from '#core/auth/identity.ts'
import { localNeighbour, NeighbourError } from '#core/clients/neighbour.ts'
import { startBench, type Bench } from '#testkit/service-bench.ts'
import type { PlacementContext } from './context.ts'
import { placementClient, type PlacementClient } from './contract.ts'
import { placement } from './service.ts'
import { id } from './testing/conversation.ts'

const own = serviceIdentity('compute')
const ctx = { identity: own, requestId: 'req-1' }
const claimOf = (provider: number, vcpus: number) => ({ allocations: { [id(provider)]: { resources: { VCPU: vcpus } } }, projectId: 'alpha', userId: 'alice' })

describe('placement’s contract', () => {
  let bench: Bench<PlacementContext>
  let client: PlacementClient
  beforeAll(async () => {
    bench = await startBench(placement)
    client = placementClient(localNeighbour('placement', (request) => bench.pipeline.handle(request), own, 'http://cloud.test'))
  })
  afterAll(async () => { await bench.stop() })

  it('keeps a host’s provider as it should be, however often', async () => {
    await client.ensureProvider(ctx, { uuid: id(1), name: 'a' })
    expect(await client.ensureProvider(ctx, { uuid: id(1), name: 'b' })).toMatchObject({ uuid: id(1), name: 'b' })
    await client.ensureProvider(ctx, { uuid: id(2), name: 'c', parentUuid: id(1) })
    expect(await client.ensureProvider(ctx, { uuid: id(2), name: 'c', parentUuid: null })).toMatchObject({ root_provider_uuid: id(2) })
    await client.ensureTrait(ctx, 'CUSTOM_T')
    await client.ensureResourceClass(ctx, 'CUSTOM_C')
    for (const total of [4, 8]) await client.setInventory(ctx, id(1), { VCPU: { total, allocation_ratio: 2 }, CUSTOM_C: { total: 1 } })
    await Promise.all([client.setTraits(ctx, id(1), ['CUSTOM_T']), client.setAggregates(ctx, id(1), [id(900)])])
    expect(await client.getInventory(ctx, id(1))).toMatchObject({ VCPU: { total: 8, allocation_ratio: 2, reserved: 0 }, CUSTOM_C: { total: 1 } })
    expect([await client.getTraits(ctx, id(1)), await client.getAggregates(ctx, id(1))]).toEqual([['CUSTOM_T'], [id(900)]])
    expect((await client.listProviders(ctx, { memberOf: [id(900)] })).map((p) => p.name)).toEqual(['b'])
    await client.deleteProvider(ctx, id(2))
    await client.deleteProvider(ctx, id(2))
    expect(await client.listProviders(ctx)).toHaveLength(1)
  })

  it('finds candidates and claims them', async () => {
    const { allocation_requests: [request], provider_summaries: summaries } = await client.allocationCandidates(ctx, { resources: { VCPU: 3 }, required: ['CUSTOM_T', ['CUSTOM_T', 'HW_CPU_X86_AVX']], forbidden: ['STORAGE_DISK_SSD'], memberOf: [[id(900), id(901)]], notMemberOf: [id(902)], limit: 10 })
    expect(summaries[id(1)]).toMatchObject({ resources: { VCPU: { capacity: 16, used: 0 } } })
    await client.putAllocations(ctx, id(50), { allocations: request!.allocations, projectId: 'alpha', userId: 'alice' })
    await client.putAllocations(ctx, id(50), claimOf(1, 5))
    expect(await client.getAllocations(ctx, id(50))).toMatchObject({ allocations: { [id(1)]: { resources: { VCPU: 5 } } }, consumer_generation: 2, consumer_type: 'INSTANCE' })
    expect([await client.providerUsages(ctx, id(1)), await client.projectUsages(ctx, 'alpha')]).toEqual([{ VCPU: 5, CUSTOM_C: 0 }, { VCPU: 5 }])
    await expect(client.putAllocations(ctx, id(51), claimOf(1, 12))).rejects.toThrow(NeighbourError)
    await client.putManyAllocations(ctx, { [id(50)]: { ...claimOf(1, 1), allocations: {} }, [id(51)]: { ...claimOf(1, 16), consumerType: 'MIGRATION' } })
    expect(await client.providerAllocations(ctx, id(1))).toEqual({ [id(51)]: { resources: { VCPU: 16 }, consumer_generation: 1 } })
    await expect(client.deleteProvider(ctx, id(1))).rejects.toMatchObject({ status: 409, code: 'placement.resource_provider.inuse' })
    await client.deleteAllocations(ctx, id(51))
    await client.deleteAllocations(ctx, id(51))
    expect(await client.providerUsages(ctx, id(1))).toMatchObject({ VCPU: 0 })
  })
})
