/**
 * A cloud that Tempest and the walk can work in: two images, two flavors, a network to the outside. Made through the
 * public APIs, as an operator would before handing a cloud to a test suite.
 */
import { readFile } from 'node:fs/promises'
import { accessOf, type Access } from '#cloud/credentials.ts'
import type { OpenStack } from '#cloud/openstack.ts'
import { openSecrets } from '#cloud/secrets.ts'
import { ensureHostPackages } from '#cloud/host-packages/host-packages.ts'
import { hostReady, type CloudProcess } from '#testkit/cloud-process.ts'
import { tinyImagePackages } from '#tools/tiny-image/packages.ts'
import { buildTinyImage } from '#tools/tiny-image/tiny-image.ts'

export interface PreparedCloud {
  admin: Access
  images: [id: string, otherId: string]
  flavors: [id: string, otherId: string]
  publicNetwork: { id: string; name: string }
  /** Aliases of the network service's extensions. */
  networkExtensions: string[]
  imageFormats: { disk: string[]; container: string[] }
  /** Lowest and highest microversion. */
  compute: { min: string; max: string }
  placement: { min: string; max: string }
  /** Compute hosts that are up, and what runs servers there. */
  computeHosts: number
  hypervisorType: string
  /** Who logs in to the guests; undefined: they answer nobody. */
  guestLogin: { user: string; password: string } | undefined
}

/** Beside every network that tests make for themselves; for a cloud without a way out. */
const PUBLIC_CIDR = '172.31.240.0/20'
const POOL_PREFIX = '10.240.0.0/14'

export async function prepareCloud(cloud: CloudProcess, { realGuests }: { realGuests: boolean }): Promise<PreparedCloud> {
  const admin = await cloud.as('admin')
  const guest = realGuests ? await tinyGuest() : NO_GUEST
  await hostReady(admin)
  const hypervisors = (await admin.get<{ hypervisors: { state: string; hypervisor_type: string }[] }>('compute', '/v2.1/os-hypervisors/detail')).hypervisors.filter(({ state }) => state === 'up')
  const authUrl = cloud.state.endpoints.find((e) => e.type === 'identity')!.url
  return {
    admin: accessOf('admin', authUrl, 'RegionOne', openSecrets(cloud.folder.secretsFile)),
    images: [await makeImage(admin, 'conformance', guest), await makeImage(admin, 'conformance-other', guest)],
    flavors: [await makeFlavor(admin, 'conformance', 128), await makeFlavor(admin, 'conformance-other', 192)],
    publicNetwork: await makePublicNetwork(admin, realGuests ? cloud.folder.read()!.externalCidr : PUBLIC_CIDR),
    networkExtensions: (await admin.get<{ extensions: { alias: string }[] }>('network', '/v2.0/extensions')).extensions.map(({ alias }) => alias),
    imageFormats: await imageFormats(admin),
    ...await microversions(admin),
    computeHosts: hypervisors.length,
    hypervisorType: hypervisors[0]?.hypervisor_type ?? '',
    guestLogin: guest.login,
  }
}

interface GuestImage { data: Buffer; format: 'raw' | 'qcow2'; login: PreparedCloud['guestLogin'] }

/** What is in it matters to nobody: the fake hypervisor boots anything. */
const NO_GUEST: GuestImage = { data: Buffer.alloc(64 * 1024), format: 'raw', login: undefined }

async function tinyGuest(): Promise<GuestImage> {
  await ensureHostPackages(tinyImagePackages)
  return { data: await readFile((await buildTinyImage()).qcow2), format: 'qcow2', login: { user: 'cirros', password: 'gocubsgo' } }
}

async function makeImage(admin: OpenStack, name: string, { data, format }: GuestImage): Promise<string> {
  const { id } = await admin.post<{ id: string }>('image', '/v2/images', { name, disk_format: format, container_format: 'bare', visibility: 'public' })
  await admin.request('image', 'PUT', `/v2/images/${id}/file`, data, { 'content-type': 'application/octet-stream' })
  return id
}

async function makeFlavor(admin: OpenStack, name: string, ram: number): Promise<string> {
  return (await admin.post<{ flavor: { id: string } }>('compute', '/v2.1/flavors', { flavor: { name, ram, vcpus: 1, disk: 1 } })).flavor.id
}

/** The default one, and with it a default pool of addresses: who names no network gets one made. */
async function makePublicNetwork(admin: OpenStack, cidr: string): Promise<PreparedCloud['publicNetwork']> {
  const asked = { name: 'public', 'router:external': true, is_default: true, 'provider:network_type': 'flat', 'provider:physical_network': 'external' }
  const { network } = await admin.post<{ network: { id: string; name: string } }>('network', '/v2.0/networks', { network: asked })
  await admin.post('network', '/v2.0/subnets', { subnet: { name: 'public-subnet', network_id: network.id, ip_version: 4, cidr, enable_dhcp: false } })
  await admin.post('network', '/v2.0/subnetpools', { subnetpool: { name: 'default', prefixes: [POOL_PREFIX], default_prefixlen: 26, shared: true, is_default: true } })
  return { id: network.id, name: network.name }
}

async function imageFormats(admin: OpenStack): Promise<PreparedCloud['imageFormats']> {
  interface Schema { properties: Record<'disk_format' | 'container_format', { enum: (string | null)[] }> }
  const { properties } = await admin.get<Schema>('image', '/v2/schemas/image')
  const known = (key: 'disk_format' | 'container_format'): string[] => properties[key].enum.filter((name) => name !== null)
  return { disk: known('disk_format'), container: known('container_format') }
}

async function microversions(admin: OpenStack): Promise<Pick<PreparedCloud, 'compute' | 'placement'>> {
  const { version } = await admin.get<{ version: { min_version: string; version: string } }>('compute', '/v2.1/')
  const { versions } = await admin.get<{ versions: { min_version: string; max_version: string }[] }>('placement', '/')
  return { compute: { min: version.min_version, max: version.version }, placement: { min: versions[0]!.min_version, max: versions[0]!.max_version } }
}
