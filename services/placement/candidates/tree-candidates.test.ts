import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databases } from '#testkit/databases.ts'
import { client, type TestClient } from '#testkit/http.ts'
import { startBench, type Bench } from '#testkit/service-bench.ts'
import { ADMIN } from '#testkit/tokens.ts'
import type { PlacementContext } from '../context.ts'
import { placement } from '../service.ts'
import { candidateLines, summaryNumbers } from '../testing/candidates.ts'
import { host } from '../testing/cloud.ts'
import { id } from '../testing/conversation.ts'

describe.each(databases)('candidates among trees on %s', (_name, locate) => {
  let bench: Bench<PlacementContext>
  let admin: TestClient
  beforeAll(async () => {
    bench = await startBench(placement, { database: await locate() })
    admin = client(bench.pipeline, ADMIN)
  })
  afterAll(async () => { await bench.stop() })

  //   1 (VCPU, MEMORY)            5 (VCPU, MEMORY, VF)       9 shares DISK with all of aggregate 900
  //   ├─ 2 (agent, no resources)
  //   │  ├─ 3 (VF ×4, NET_A)
  //   │  └─ 4 (VF ×2, NET_B)
  //   └─ 6 (VGPU)
  beforeAll(async () => {
    await host(admin, 1, { resources: { VCPU: 8, MEMORY_MB: 1024 }, traits: ['HW_CPU_X86_AVX'], aggregates: [900, 901] })
    await host(admin, 2, { parent: 1, traits: ['COMPUTE_NODE'] })
    await host(admin, 3, { parent: 2, resources: { SRIOV_NET_VF: 4 }, traits: ['HW_NIC_SRIOV'] })
    await host(admin, 4, { parent: 2, resources: { SRIOV_NET_VF: 2 }, traits: ['HW_NIC_OFFLOAD_TSO'] })
    await host(admin, 6, { parent: 1, resources: { VGPU: 1 } })
    await host(admin, 5, { resources: { VCPU: 8, MEMORY_MB: 1024, SRIOV_NET_VF: 1 }, aggregates: [900, 902] })
    await host(admin, 9, { resources: { DISK_GB: 1000 }, traits: ['MISC_SHARES_VIA_AGGREGATE'], aggregates: [900] })
  })

  it('take from several providers of one tree', async () => {
    expect(await candidateLines(admin, 'resources=VCPU:1,SRIOV_NET_VF:1')).toEqual([
      '1:VCPU=1 3:SRIOV_NET_VF=1 | =1,3', '1:VCPU=1 4:SRIOV_NET_VF=1 | =1,4', '5:SRIOV_NET_VF=1 5:VCPU=1 | =5',
    ])
    expect(await summaryNumbers(admin, 'resources=VCPU:1,SRIOV_NET_VF:2')).toEqual([1, 2, 3, 4, 6])
    expect(await candidateLines(admin, 'resources=VCPU:1,SRIOV_NET_VF:1', '1.28')).toEqual(['5:SRIOV_NET_VF=1 5:VCPU=1 |'])
    expect(await summaryNumbers(admin, 'resources=VCPU:1,SRIOV_NET_VF:1', '1.28')).toEqual([5])
    expect(await candidateLines(admin, 'resources=SRIOV_NET_VF:3', '1.28')).toEqual(['3:SRIOV_NET_VF=3 |'])
  })

  it('take what others share', async () => {
    expect(await candidateLines(admin, 'resources=VCPU:1,DISK_GB:10')).toEqual(['1:VCPU=1 9:DISK_GB=10 | =1,9', '5:VCPU=1 9:DISK_GB=10 | =5,9'])
    expect(await candidateLines(admin, 'resources=DISK_GB:10')).toEqual(['9:DISK_GB=10 | =9'])
    expect(await candidateLines(admin, 'resources=VCPU:1&resources_D=DISK_GB:10')).toEqual(['1:VCPU=1 9:DISK_GB=10 | =1 _D=9', '5:VCPU=1 9:DISK_GB=10 | =5 _D=9'])
    expect(await summaryNumbers(admin, 'resources=VCPU:1,DISK_GB:10&limit=1')).toEqual([1, 2, 3, 4, 6, 9])
    expect(await candidateLines(admin, `resources=VCPU:1,DISK_GB:10&in_tree=${id(5)}`)).toEqual([])
    expect(await candidateLines(admin, 'resources=VCPU:1,DISK_GB:10', '1.28')).toEqual(['1:VCPU=1 9:DISK_GB=10 |', '5:VCPU=1 9:DISK_GB=10 |'])
  })

  it('have all traits together, and none that is forbidden', async () => {
    expect(await candidateLines(admin, 'resources=VCPU:1,SRIOV_NET_VF:1&required=HW_CPU_X86_AVX,HW_NIC_SRIOV')).toEqual(['1:VCPU=1 3:SRIOV_NET_VF=1 | =1,3'])
    expect(await candidateLines(admin, 'resources=VCPU:1,SRIOV_NET_VF:1&required=HW_CPU_X86_AVX,!HW_NIC_SRIOV')).toEqual(['1:VCPU=1 4:SRIOV_NET_VF=1 | =1,4'])
    expect(await candidateLines(admin, 'resources=VCPU:1,SRIOV_NET_VF:1&required=in:HW_NIC_SRIOV,HW_NIC_OFFLOAD_TSO')).toHaveLength(2)
    // A trait of a provider that gives nothing does not count.
    expect(await candidateLines(admin, 'resources=VCPU:1,SRIOV_NET_VF:1&required=COMPUTE_NODE')).toEqual([])
    expect(await candidateLines(admin, 'resources=SRIOV_NET_VF:1&root_required=HW_CPU_X86_AVX')).toEqual(['3:SRIOV_NET_VF=1 | =3', '4:SRIOV_NET_VF=1 | =4'])
    expect(await candidateLines(admin, 'resources=SRIOV_NET_VF:1&root_required=!HW_CPU_X86_AVX')).toEqual(['5:SRIOV_NET_VF=1 | =5'])
  })

  it('are in aggregates by their root, except whole groups', async () => {
    expect(await candidateLines(admin, `resources=SRIOV_NET_VF:1&member_of=${id(901)}`)).toEqual(['3:SRIOV_NET_VF=1 | =3', '4:SRIOV_NET_VF=1 | =4'])
    expect(await candidateLines(admin, `resources=SRIOV_NET_VF:1&member_of=!${id(901)}`)).toEqual(['5:SRIOV_NET_VF=1 | =5'])
    expect(await candidateLines(admin, `resources1=SRIOV_NET_VF:1&member_of1=${id(901)}`)).toEqual([])
    expect(await candidateLines(admin, `resources=VCPU:1,DISK_GB:1&member_of=${id(901)}`)).toEqual([])
    expect(await candidateLines(admin, `resources=VCPU:1,DISK_GB:1&member_of=${id(900)}`)).toHaveLength(2)
  })

  it('serve groups together or apart', async () => {
    expect(await candidateLines(admin, 'resources=VCPU:1&resources1=SRIOV_NET_VF:2&resources2=SRIOV_NET_VF:2&group_policy=isolate')).toEqual([
      '1:VCPU=1 3:SRIOV_NET_VF=2 4:SRIOV_NET_VF=2 | 1=3 2=4 =1', '1:VCPU=1 3:SRIOV_NET_VF=2 4:SRIOV_NET_VF=2 | 1=4 2=3 =1',
    ])
    expect(await candidateLines(admin, 'resources=VCPU:1&resources1=SRIOV_NET_VF:2&resources2=SRIOV_NET_VF:2&group_policy=none')).toEqual([
      '1:VCPU=1 3:SRIOV_NET_VF=2 4:SRIOV_NET_VF=2 | 1=3 2=4 =1', '1:VCPU=1 3:SRIOV_NET_VF=2 4:SRIOV_NET_VF=2 | 1=4 2=3 =1', '1:VCPU=1 3:SRIOV_NET_VF=4 | 1=3 2=3 =1',
    ])
  })

  it('hang below one of them where a common subtree is asked for', async () => {
    const query = 'resources_P=VCPU:1&resources_N=SRIOV_NET_VF:1&resources_G=VGPU:1&group_policy=none'
    expect(await candidateLines(admin, query)).toHaveLength(2)
    expect(await candidateLines(admin, `${query}&same_subtree=_P,_N,_G`)).toHaveLength(2)
    expect(await candidateLines(admin, `${query}&same_subtree=_N,_G`)).toEqual([])
    expect(await candidateLines(admin, 'resources_P=VCPU:1&resources_N=SRIOV_NET_VF:1&required_A=COMPUTE_NODE&group_policy=none&same_subtree=_A,_N')).toEqual([
      '1:VCPU=1 3:SRIOV_NET_VF=1 | _A=2 _N=3 _P=1', '1:VCPU=1 4:SRIOV_NET_VF=1 | _A=2 _N=4 _P=1',
    ])
  })

  it('come from one tree where that is asked for', async () => {
    expect(await candidateLines(admin, `resources=SRIOV_NET_VF:1&in_tree=${id(6)}`)).toEqual(['3:SRIOV_NET_VF=1 | =3', '4:SRIOV_NET_VF=1 | =4'])
    expect(await candidateLines(admin, `resources=VCPU:1&in_tree=${id(5)}&resources1=SRIOV_NET_VF:1`)).toEqual(['5:SRIOV_NET_VF=1 5:VCPU=1 | 1=5 =5'])
    expect(await candidateLines(admin, `resources=VCPU:1&in_tree=${id(77)}`)).toEqual([])
  })
})
