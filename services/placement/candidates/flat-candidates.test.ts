import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databases } from '#testkit/databases.ts'
import { client, type TestClient } from '#testkit/http.ts'
import { startBench, type Bench } from '#testkit/service-bench.ts'
import { ADMIN } from '#testkit/tokens.ts'
import type { PlacementContext } from '../context.ts'
import { placement } from '../service.ts'
import { askCandidates, candidateLines, summaryNumbers } from '../testing/candidates.ts'
import { claim, host } from '../testing/cloud.ts'
import { converse, id } from '../testing/conversation.ts'

describe.each(databases)('candidates among hosts that stand alone on %s', (_name, locate) => {
  let bench: Bench<PlacementContext>
  let admin: TestClient
  beforeAll(async () => {
    bench = await startBench(placement, { database: await locate() })
    admin = client(bench.pipeline, ADMIN)
  })
  afterAll(async () => { await bench.stop() })

  beforeAll(async () => {
    await host(admin, 1, { resources: { VCPU: 8, MEMORY_MB: 1024, DISK_GB: 100 }, traits: ['HW_CPU_X86_AVX'], aggregates: [901] })
    await host(admin, 2, { resources: { VCPU: 4, MEMORY_MB: 2048, DISK_GB: 100 }, traits: ['HW_CPU_X86_AVX', 'STORAGE_DISK_SSD'], aggregates: [901, 902] })
    await host(admin, 3, { resources: { VCPU: 16, MEMORY_MB: 512 }, traits: [], aggregates: [902] })
  })

  it('have room for all that is asked', async () => {
    expect(await candidateLines(admin, 'resources=VCPU:4,MEMORY_MB:512')).toEqual(['1:MEMORY_MB=512 1:VCPU=4 | =1', '2:MEMORY_MB=512 2:VCPU=4 | =2', '3:MEMORY_MB=512 3:VCPU=4 | =3'])
    expect(await candidateLines(admin, 'resources=VCPU:5')).toEqual(['1:VCPU=5 | =1', '3:VCPU=5 | =3'])
    expect(await candidateLines(admin, 'resources=VCPU:5,DISK_GB:1')).toEqual(['1:DISK_GB=1 1:VCPU=5 | =1'])
    expect(await candidateLines(admin, 'resources=VCPU:17')).toEqual([])
    expect(await candidateLines(admin, 'resources=VGPU:1')).toEqual([])
    expect(await summaryNumbers(admin, 'resources=VCPU:5')).toEqual([1, 3])
  })

  it('are what is asked', async () => {
    expect(await candidateLines(admin, 'resources=VCPU:1&required=HW_CPU_X86_AVX,!STORAGE_DISK_SSD')).toEqual(['1:VCPU=1 | =1'])
    expect(await candidateLines(admin, 'resources=VCPU:1&required=in:STORAGE_DISK_SSD,STORAGE_DISK_HDD&required=HW_CPU_X86_AVX')).toEqual(['2:VCPU=1 | =2'])
    expect(await candidateLines(admin, 'resources=VCPU:1&required=!HW_CPU_X86_AVX')).toEqual(['3:VCPU=1 | =3'])
    expect(await candidateLines(admin, `resources=VCPU:1&member_of=${id(902)}`)).toEqual(['2:VCPU=1 | =2', '3:VCPU=1 | =3'])
    expect(await candidateLines(admin, `resources=VCPU:1&member_of=${id(902)}&member_of=in:${id(901)},${id(909)}`)).toEqual(['2:VCPU=1 | =2'])
    expect(await candidateLines(admin, `resources=VCPU:1&member_of=!${id(902)}`)).toEqual(['1:VCPU=1 | =1'])
    expect(await candidateLines(admin, `resources=VCPU:1&in_tree=${id(3)}`)).toEqual(['3:VCPU=1 | =3'])
    expect(await candidateLines(admin, 'resources=VCPU:1&root_required=HW_CPU_X86_AVX,!STORAGE_DISK_SSD')).toEqual(['1:VCPU=1 | =1'])
    expect(await candidateLines(admin, 'resources1=VCPU:1&required1=STORAGE_DISK_SSD')).toEqual(['2:VCPU=1 | 1=2'])
  })

  it('from several groups are one host that serves all', async () => {
    expect(await candidateLines(admin, 'resources=VCPU:3&resources_A=VCPU:3&resources_B=DISK_GB:1&group_policy=none')).toEqual(['1:DISK_GB=1 1:VCPU=6 | =1 _A=1 _B=1'])
    expect(await candidateLines(admin, 'resources1=VCPU:1&resources2=VCPU:1&group_policy=isolate')).toEqual([])
  })

  it('are limited', async () => {
    expect(await candidateLines(admin, 'resources=VCPU:1&limit=2')).toHaveLength(2)
    expect(await summaryNumbers(admin, 'resources=VCPU:1&limit=1')).toHaveLength(1)
  })

  it('show what providers have, and look as they did in older versions', async () => {
    const newest = await askCandidates(admin, 'resources=VCPU:5,DISK_GB:1')
    const summary = { resources: { VCPU: { capacity: 8, used: 0 }, MEMORY_MB: { capacity: 1024, used: 0 }, DISK_GB: { capacity: 100, used: 0 } }, traits: ['HW_CPU_X86_AVX'], parent_provider_uuid: null, root_provider_uuid: id(1) }
    const resources = { VCPU: 5, DISK_GB: 1 }
    expect(newest.body).toEqual({ allocation_requests: [{ allocations: { [id(1)]: { resources } }, mappings: { '': [id(1)] } }], provider_summaries: { [id(1)]: summary } })
    const at133 = await askCandidates(admin, 'resources=VCPU:5,DISK_GB:1', '1.33')
    expect(at133.body.allocation_requests).toEqual([{ allocations: { [id(1)]: { resources } } }])
    const { MEMORY_MB: _memory, ...asked } = summary.resources
    expect((await askCandidates(admin, 'resources=VCPU:5,DISK_GB:1', '1.28')).body.provider_summaries).toEqual({ [id(1)]: { resources: summary.resources, traits: summary.traits } })
    expect((await askCandidates(admin, 'resources=VCPU:5,DISK_GB:1', '1.26')).body.provider_summaries).toEqual({ [id(1)]: { resources: asked, traits: summary.traits } })
    expect((await askCandidates(admin, 'resources=VCPU:5,DISK_GB:1', '1.10')).body).toEqual({
      allocation_requests: [{ allocations: [{ resource_provider: { uuid: id(1) }, resources }] }], provider_summaries: { [id(1)]: { resources: asked } },
    })
  })

  it('no longer have what was claimed', async () => {
    const { body } = await askCandidates(admin, 'resources=VCPU:16')
    const request = { ...body.allocation_requests[0]!, project_id: 'alpha', user_id: 'alice', consumer_generation: null, consumer_type: 'INSTANCE' }
    await converse(admin, [
      { do: `PUT /allocations/${id(100)}`, body: request, then: 204 },
      { do: 'GET /allocation_candidates?resources=VCPU:16', then: 200, is: { allocation_requests: [], provider_summaries: {} } },
      { do: `PUT /allocations/${id(100)}`, body: claim(3, { VCPU: 15 }, 1), then: 204 },
      { do: 'GET /allocation_candidates?resources=VCPU:1,MEMORY_MB:512&member_of=!' + id(901), then: 200, shows: { provider_summaries: { [id(3)]: { resources: { VCPU: { capacity: 16, used: 15 } } } } } },
      { do: `DELETE /allocations/${id(100)}`, then: 204 },
    ])
  })

  it('are not found for what cannot be meant', async () => {
    const refuse = (query: string, says: string, at = '1.39', code?: string): Parameters<typeof converse>[1][number] =>
      ({ do: `GET /allocation_candidates?${query}`, at, then: 400, says, ...(code === undefined ? {} : { code }) })
    await converse(admin, [
      refuse('', 'There must be at least one resources or resources[$S] parameter.', '1.39', 'placement.query.missing_value'),
      refuse('', 'At least one request group', '1.35'),
      refuse('', "'resources' is a required property", '1.24'),
      refuse('resources=VCPU:1&limit=0', "'0' does not match '^[1-9][0-9]*$'"),
      refuse('resources=VCPU:1&limit=5', 'limit', '1.15'),
      refuse('resources=VCPU:1&required=HW_CPU_X86_AVX', 'required', '1.16'),
      refuse(`resources=VCPU:1&member_of=${id(1)}`, 'member_of', '1.20'),
      refuse('resources=VCPU:1&resources1=VCPU:1', 'resources1', '1.24'),
      refuse('resources=VCPU:1&resources_A=VCPU:1', 'resources_A', '1.32'),
      refuse(`resources=VCPU:1&in_tree=${id(1)}`, 'in_tree', '1.30'),
      refuse('resources=VCPU:1&in_tree=x', "Expected 'in_tree' parameter to be a format of uuid. Got: x"),
      refuse('resources=VCPU:1&root_required=HW_CPU_X86_AVX', 'root_required', '1.34'),
      refuse('resources=VCPU:1&same_subtree=_A', 'same_subtree', '1.35'),
      refuse('resources=VCPU:1&group_policy=some', "'some' is not one of ['none', 'isolate']"),
      refuse('resources1=VCPU:1&resources2=VCPU:1', 'The "group_policy" parameter is required'),
      refuse('resources=NOPE:1', 'Invalid resource class in resources parameter: No such resource class NOPE.'),
      refuse('resources=VCPU:1&required=NOPE', 'No such trait(s): NOPE.'),
      refuse('resources=VCPU:1&root_required=NOPE', 'No such trait(s): NOPE.'),
      refuse('resources=VCPU:1&root_required=HW_CPU_X86_AVX&root_required=NOPE', 'may be specified only once', '1.39', 'placement.query.duplicate_key'),
      refuse('resources=VCPU:1&root_required=HW_CPU_X86_AVX,!HW_CPU_X86_AVX', 'Conflicting required and forbidden traits found in root_required: HW_CPU_X86_AVX', '1.39', 'placement.query.bad_value'),
      refuse('resources=VCPU:1&required=HW_CPU_X86_AVX,!HW_CPU_X86_AVX', 'found in the following traits keys: required: (HW_CPU_X86_AVX)'),
      refuse('resources=VCPU:1&required1=HW_CPU_X86_AVX', 'Found the following orphaned traits keys: required1', '1.35'),
      refuse(`resources=VCPU:1&member_of1=${id(1)}`, 'Found the following orphaned member_of keys: member_of1', '1.35'),
      refuse(`resources=VCPU:1&in_tree1=${id(1)}`, 'All request groups must specify resources.', '1.35'),
      refuse('resources=VCPU:1&required_A=HW_CPU_X86_AVX', "bad group(s) - ['_A'].", '1.39', 'placement.query.bad_value'),
      refuse('resources=VCPU:1&same_subtree=_A,_B', "['_A', '_B'] not found in [''].", '1.39', 'placement.query.bad_value'),
      refuse('resources=VCPU:1&same_subtree=,_B', 'Empty string (unsuffixed group) can not be specified'),
      refuse(`resources=VCPU:1&member_of=${id(1)}&member_of=${id(2)}`, 'Multiple member_of parameters are not supported', '1.23'),
      refuse('resources=VCPU:1&nonsense=1', 'nonsense'),
    ])
  })
})
