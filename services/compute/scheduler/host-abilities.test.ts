/** What flavors and images ask of a host itself, through the front door. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startComputeCloud, type ComputeCloud } from '../testing/compute-cloud.ts'

let cloud: ComputeCloud
let flavors = 0

beforeAll(async () => { cloud = await startComputeCloud() })
afterAll(async () => { await cloud.stop() })

/** Why no host takes a server of a flavor with these extra specs; undefined when one did. */
async function refusal(specs: Record<string, string>, fields: Record<string, unknown> = {}): Promise<string | undefined> {
  const id = `asking-${flavors += 1}`
  await cloud.admin.post('/v2.1/flavors', { flavor: { id, name: id, ram: 64, vcpus: 1, disk: 1 } })
  expect((await cloud.admin.post(`/v2.1/flavors/${id}/os-extra_specs`, { extra_specs: specs })).status).toBe(200)
  const server = await cloud.boot(cloud.member, { flavorRef: id, ...fields })
  const fault = server['fault'] as { message: string } | undefined
  expect(server.status).toBe(fault === undefined ? 'ACTIVE' : 'ERROR')
  await cloud.member.delete(`/v2.1/servers/${server.id}`)
  await cloud.settled()
  return fault?.message
}

describe('capabilities', () => {
  it.each<Record<string, string>>([
    { 'capabilities:hypervisor_type': 's== fake' }, { 'capabilities:cpu_info:arch': '<or> ppc64 <or> x86_64' }, { 'capabilities:cpu_info:features': '<all-in> sse sse2' },
    { 'capabilities:free_ram_mb': '>= 64' }, { hypervisor_type: 'fake' }, { colour: 'red' },
  ])('that the host has: %j', async (specs) => {
    expect(await refusal(specs)).toBeUndefined()
  })

  it.each([
    [{ 'capabilities:hypervisor_type': 's== QEMU' }, 'host1: its hypervisor_type is fake, the flavor wants s== QEMU'],
    [{ 'capabilities:vcpus_total': '>= 1000000' }, 'the flavor wants >= 1000000'], [{ hypervisor_type: 'QEMU' }, 'the flavor wants QEMU'],
    [{ 'capabilities:cpu_info:wings': '2' }, 'host1: it has no capability cpu_info:wings'], [{ 'capabilities:constructor': '2' }, 'it has no capability constructor'],
  ])('that it has not: %j', async (specs, why) => {
    expect(await refusal(specs)).toContain(why)
  })
})

describe('features', () => {
  it.each([
    [{ 'hw:cpu_policy': 'dedicated' }, 'refused 1 by features (host1: it does not offer CPUs pinned to it, the flavor wants hw:cpu_policy=dedicated)'],
    [{ 'hw:mem_page_size': '2MB' }, 'it does not offer huge pages'], [{ 'hw:numa_nodes': '2' }, 'it does not offer NUMA topologies'], [{ 'pci_passthrough:alias': 'gpu:1' }, 'it does not offer devices to pass through'],
  ])('that no host has are told by name: %j', async (specs, why) => {
    expect(await refusal(specs)).toContain(why)
  })

  it('that ask for what every host does are no matter', async () => {
    expect(await refusal({ 'hw:cpu_policy': 'shared', 'hw:mem_page_size': 'small', 'hw:mem_encryption': 'false', 'quota:cpu_shares': '10' })).toBeUndefined()
  })

  it('are not come by with a resize', async () => {
    await cloud.admin.post('/v2.1/flavors', { flavor: { id: 'pinned', name: 'pinned', ram: 64, vcpus: 1, disk: 1 } })
    await cloud.admin.post('/v2.1/flavors/pinned/os-extra_specs', { extra_specs: { 'hw:cpu_policy': 'dedicated' } })
    const { id } = await cloud.boot(cloud.member)
    const refused = await cloud.member.post(`/v2.1/servers/${id}/action`, { resize: { flavorRef: 'pinned' } })
    expect(refused.body).toEqual({ badRequest: { code: 400, message: 'No valid host was found. Host host1 does not offer CPUs pinned to it, the flavor wants hw:cpu_policy=dedicated.' } })
    expect((await cloud.show(cloud.member, id)).status).toBe('ACTIVE')
  })

  it('are asked for by images, too', async () => {
    const imageRef = cloud.image.add({ hw_firmware_type: 'uefi' })
    expect(await refusal({ 'os:hide': 'x' }, { imageRef })).toContain('it does not offer UEFI firmware, the image wants hw_firmware_type=uefi')
  })
})
