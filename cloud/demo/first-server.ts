/**
 * The newcomer's first server, as the install guide's tutorial makes it: image, flavor, outside network, key, network,
 * router, security group rules, server, floating IP. Each function makes its thing or finds the one that is there,
 * so the demo may run again at any time.
 */
import { createReadStream } from 'node:fs'
import { mkdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { run } from '#core/host/run.ts'
import { removePath, writeFileAtomic } from '#core/host/files.ts'
import { ApiRefused, until, type OpenStack } from '../openstack.ts'

interface Named { id: string; name: string }

export const NAMES = { image: 'tiny', flavor: 'm1.nano', external: 'public', externalSubnet: 'public-subnet', key: 'demo-key', network: 'demo-net', subnet: 'demo-subnet', router: 'demo-router', server: 'demo-server' }
const FLAVORS = [{ name: 'm1.nano', ram: 128, vcpus: 1, disk: 1 }, { name: 'm1.tiny', ram: 512, vcpus: 1, disk: 1 }, { name: 'm1.small', ram: 2048, vcpus: 1, disk: 20 }, { name: 'm1.medium', ram: 4096, vcpus: 2, disk: 40 }]

async function find(cloud: OpenStack, type: string, path: string, key: string, name: string): Promise<Named | undefined> {
  const list = await cloud.get<Record<string, Named[]>>(type, path)
  return list[key]?.find((item) => item.name === name)
}

export async function ensureImage(admin: OpenStack, file: string): Promise<Named> {
  const known = (await admin.get<{ images: (Named & { status: string })[] }>('image', `/v2/images?name=${NAMES.image}`)).images.find((i) => i.status === 'active')
  if (known !== undefined) return known
  const image = await admin.post<Named>('image', '/v2/images', { name: NAMES.image, disk_format: 'qcow2', container_format: 'bare', visibility: 'public', min_ram: 96, hw_rng_model: 'virtio' })
  try {
    await admin.request('image', 'PUT', `/v2/images/${image.id}/file`, Readable.toWeb(createReadStream(file, { highWaterMark: 1024 * 1024 })), { 'content-type': 'application/octet-stream', 'content-length': String((await stat(file)).size) })
  } catch (error) {
    await admin.delete('image', `/v2/images/${image.id}`)
    throw error
  }
  return image
}

export async function ensureFlavors(admin: OpenStack): Promise<Named> {
  const known = (await admin.get<{ flavors: Named[] }>('compute', '/v2.1/flavors')).flavors
  for (const flavor of FLAVORS) if (!known.some((f) => f.name === flavor.name)) known.push((await admin.post<{ flavor: Named }>('compute', '/v2.1/flavors', { flavor })).flavor)
  return known.find((f) => f.name === NAMES.flavor)!
}

/** The way out: a flat network on the host's own bridge, whose first address is the host. */
export async function ensureExternalNetwork(admin: OpenStack, cidr: string, gateway: string): Promise<Named> {
  const network = await find(admin, 'network', `/v2.0/networks?name=${NAMES.external}`, 'networks', NAMES.external)
    ?? (await admin.post<{ network: Named }>('network', '/v2.0/networks', { network: { name: NAMES.external, 'router:external': true, 'provider:network_type': 'flat', 'provider:physical_network': 'external' } })).network
  if (await find(admin, 'network', `/v2.0/subnets?network_id=${network.id}`, 'subnets', NAMES.externalSubnet) === undefined) {
    await admin.post('network', '/v2.0/subnets', { subnet: { name: NAMES.externalSubnet, network_id: network.id, ip_version: 4, cidr, gateway_ip: gateway, enable_dhcp: false } })
  }
  return network
}

/** A key of the demo's own, kept in the state folder. Answers the private key's path. */
export async function ensureKey(demo: OpenStack, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, 'id_ed25519')
  const fresh = await stat(path).then(() => false, () => true)
  if (fresh) await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'nacre-demo', '-f', path])
  try {
    await demo.post('compute', '/v2.1/os-keypairs', { keypair: { name: NAMES.key, public_key: (await readFile(`${path}.pub`, 'utf8')).trim() } })
  } catch (error) {
    if (!(error instanceof ApiRefused) || error.status !== 409) throw error
    if (fresh) {
      await demo.delete('compute', `/v2.1/os-keypairs/${NAMES.key}`)
      await removePath(path)
      return await ensureKey(demo, folder)
    }
  }
  return path
}

export async function ensureNetwork(demo: OpenStack, external: Named): Promise<Named> {
  const network = await find(demo, 'network', `/v2.0/networks?name=${NAMES.network}`, 'networks', NAMES.network)
    ?? (await demo.post<{ network: Named }>('network', '/v2.0/networks', { network: { name: NAMES.network } })).network
  const subnet = await find(demo, 'network', `/v2.0/subnets?network_id=${network.id}`, 'subnets', NAMES.subnet)
    ?? (await demo.post<{ subnet: Named }>('network', '/v2.0/subnets', { subnet: { name: NAMES.subnet, network_id: network.id, ip_version: 4, cidr: '10.0.0.0/24' } })).subnet
  const router = await find(demo, 'network', `/v2.0/routers?name=${NAMES.router}`, 'routers', NAMES.router)
    ?? (await demo.post<{ router: Named }>('network', '/v2.0/routers', { router: { name: NAMES.router, external_gateway_info: { network_id: external.id } } })).router
  const ports = await demo.get<{ ports: { device_owner: string }[] }>('network', `/v2.0/ports?device_id=${router.id}&network_id=${network.id}`)
  if (!ports.ports.some((p) => p.device_owner.startsWith('network:router_interface'))) await demo.put('network', `/v2.0/routers/${router.id}/add_router_interface`, { subnet_id: subnet.id })
  return network
}

/** Ping and ssh from anywhere, in the project's default group. */
export async function ensureAccess(demo: OpenStack): Promise<void> {
  const groups = (await demo.get<{ security_groups: Named[] }>('network', '/v2.0/security-groups?name=default')).security_groups
  const group = groups.find((g) => g.name === 'default')
  if (group === undefined) throw new Error('the project has no default security group')
  for (const rule of [{ protocol: 'icmp' }, { protocol: 'tcp', port_range_min: 22, port_range_max: 22 }]) {
    try {
      await demo.post('network', '/v2.0/security-group-rules', { security_group_rule: { security_group_id: group.id, direction: 'ingress', ethertype: 'IPv4', ...rule } })
    } catch (error) {
      if (!(error instanceof ApiRefused) || error.status !== 409) throw error
    }
  }
}

export interface Server extends Named { status: string; fault?: { message: string }; addresses: Record<string, { addr: string; 'OS-EXT-IPS:type': string }[]> }

export async function ensureServer(demo: OpenStack, image: Named, flavor: Named, network: Named): Promise<{ server: Server; made: boolean }> {
  const known = await find(demo, 'compute', `/v2.1/servers?name=^${NAMES.server}$`, 'servers', NAMES.server)
  if (known !== undefined) {
    const { server } = await demo.get<{ server: Server }>('compute', `/v2.1/servers/${known.id}`)
    if (server.status === 'ACTIVE') return { server, made: false }
    if (server.status === 'SHUTOFF') {
      await demo.post('compute', `/v2.1/servers/${server.id}/action`, { 'os-start': null })
      return { server: await active(demo, server.id), made: true }
    }
    if (server.status === 'ERROR') {
      await demo.delete('compute', `/v2.1/servers/${server.id}`)
      await until('the deletion of the broken demo server', 60_000, () => find(demo, 'compute', '/v2.1/servers', 'servers', NAMES.server), (s) => s === undefined)
    } else return { server: await active(demo, server.id), made: false }
  }
  const created = await demo.post<{ server: Named }>('compute', '/v2.1/servers', { server: { name: NAMES.server, imageRef: image.id, flavorRef: flavor.id, key_name: NAMES.key, networks: [{ uuid: network.id }] } })
  return { server: await active(demo, created.server.id), made: true }
}

async function active(demo: OpenStack, id: string): Promise<Server> {
  const { server } = await until('the server to become ACTIVE', 300_000, () => demo.get<{ server: Server }>('compute', `/v2.1/servers/${id}`), ({ server: s }) => s.status === 'ACTIVE' || s.status === 'ERROR')
  if (server.status === 'ERROR') throw new Error(`the server went to ERROR: ${server.fault?.message ?? 'no reason given'} (\`nacre why ${id}\` tells the story)`)
  return server
}

/** Follows the serial console until the guest asks for a login. */
export async function followConsole(demo: OpenStack, server: Server, note: (line: string) => void): Promise<void> {
  await until('the login prompt', 600_000, async () => {
    const { output } = await demo.post<{ output: string }>('compute', `/v2.1/servers/${server.id}/action`, { 'os-getConsoleOutput': { length: 60 } })
    note(output.trimEnd().split('\n').at(-1)?.trim() ?? '')
    return output
  }, (output) => / login:/.test(output), 500)
}

export async function ensureFloatingIp(demo: OpenStack, external: Named, server: Server): Promise<string> {
  const { ports } = await demo.get<{ ports: { id: string }[] }>('network', `/v2.0/ports?device_id=${server.id}`)
  const port = ports[0]
  if (port === undefined) throw new Error('the server has no port')
  interface FloatingIp { id: string; floating_ip_address: string; port_id: string | null; status: string }
  const known = (await demo.get<{ floatingips: FloatingIp[] }>('network', `/v2.0/floatingips?port_id=${port.id}`)).floatingips[0]
  const made = known ?? (await demo.post<{ floatingip: FloatingIp }>('network', '/v2.0/floatingips', { floatingip: { floating_network_id: external.id, port_id: port.id } })).floatingip
  await until('the floating IP to become ACTIVE', 60_000, () => demo.get<{ floatingip: FloatingIp }>('network', `/v2.0/floatingips/${made.id}`), ({ floatingip }) => floatingip.status === 'ACTIVE')
  return made.floating_ip_address
}

/**
 * What ssh needs to know of the demo's servers: the key, and that hosts are not remembered. Addresses come back with
 * other servers behind them, and a warning of that would be all a newcomer sees. Answers the file's path.
 */
export async function writeSshConfig(folder: string, keyPath: string): Promise<string> {
  const path = join(folder, 'ssh_config')
  await writeFileAtomic(path, `User cirros\nIdentityFile "${keyPath}"\nIdentitiesOnly yes\nStrictHostKeyChecking no\nUserKnownHostsFile /dev/null\nLogLevel ERROR\n`, { mode: 0o600 })
  return path
}

/** What the guest says of itself over ssh; tries until its ssh server is there. */
export async function logInOverSsh(address: string, configPath: string, note: (line: string) => void): Promise<string> {
  const args = ['-F', configPath, '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=5', address, 'uname -srm; hostname']
  let said = ''
  await until(`ssh to ${address}`, 300_000, async () => {
    const result = await run('ssh', args, { okCodes: [0, 1, 255], timeoutMs: 30_000 })
    if (result.code !== 0) note(result.stderr.trim().split('\n').at(-1) ?? '')
    said = result.stdout
    return result.code
  }, (code) => code === 0, 500)
  return said.trim().split('\n').join(', ')
}
