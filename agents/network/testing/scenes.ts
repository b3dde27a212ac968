/** What host tests set up again and again: a tenant behind a router, guests that listen and talk. */
import type { ChildProcess } from 'node:child_process'
import { start } from '#core/host/run.ts'
import type { Network, Port, Router, Subnet } from '../drivers/driver.ts'
import { becomesTrue, tryIn, until, type HostLab, type LabHost } from './host-lab.ts'
import { makeId, makeMac, makeNetwork, makePort, makeRouter, makeSubnet } from './wanted.ts'

export const EXTERNAL = { cidr: '172.31.99.0/24', gateway: '172.31.99.1' }

export interface Tenant { network: Network; subnet: Subnet; router: Router; external: Network }

export function withDhcp(network: Network, subnet: Subnet, ports: Port[], address = '192.168.50.2'): void {
  const leases = ports.map((port) => ({ portId: port.id, macAddress: port.macAddress, hostname: '', fixedIps: port.fixedIps, extraDhcpOpts: [] }))
  network.dhcp = { portId: makeId(), macAddress: makeMac(), fixedIps: [{ subnetId: subnet.id, ipAddress: address, prefixLength: 24 }], dnsDomain: 'openstacklocal.', leases }
}

export function portAt(network: Network, subnet: Subnet, last: number, over: Partial<Port> = {}): Port {
  return makePort(network, { fixedIps: [{ subnetId: subnet.id, ipAddress: `192.168.50.${last}`, prefixLength: 24 }], ...over })
}

/** A tenant's network behind a router with SNAT on the lab's external network. */
export function makeTenant(external: Network, outside: number, vni: number): Tenant {
  const subnet = makeSubnet()
  const network = makeNetwork({ subnets: [subnet], segmentationId: vni })
  const router = makeRouter({
    gateway: { portId: makeId(), macAddress: makeMac(), networkId: external.id, fixedIps: [{ subnetId: external.subnets[0]!.id, ipAddress: `172.31.99.${outside}`, prefixLength: 24 }], nextHops: [EXTERNAL.gateway], enableSnat: true },
    interfaces: [{ portId: makeId(), macAddress: makeMac(), networkId: network.id, fixedIps: [{ subnetId: subnet.id, ipAddress: '192.168.50.1', prefixLength: 24 }], subnetIds: [subnet.id] }],
  })
  return { network, subnet, router, external }
}

export function makeExternal(): Network {
  return makeNetwork({ type: 'flat', physicalNetwork: 'external', segmentationId: null, external: true, mtu: 1500, subnets: [makeSubnet({ cidr: EXTERNAL.cidr, gatewayIp: EXTERNAL.gateway, enableDhcp: false })] })
}

export async function edgeHost(lab: HostLab, metadata?: { sharedSecret: string; upstreamUrl: string }): Promise<LabHost> {
  const bridge = `bx-${lab.tag}`
  return await lab.host('h1', { externalNetworks: [{ physicalNetwork: 'external', bridge, gatewayAddresses: [`${EXTERNAL.gateway}/24`], nat: true }], metadata })
}

export async function askForAddress(netns: string): Promise<string> {
  const { stdout, stderr } = await tryIn(netns, 'udhcpc', '-i', 'eth0', '-n', '-q', '-f', '-t', '60', '-T', '1', '-s', '/bin/true')
  return stdout + stderr
}

export function listen(lab: HostLab, netns: string, port: number, v6 = false): ChildProcess {
  const child = start('socat', [`TCP${v6 ? '6' : '4'}-LISTEN:${port},fork,reuseaddr`, 'EXEC:echo hi'], { netns, stdio: 'ignore' })
  lab.atEnd(() => { child.kill('SIGKILL') })
  return child
}

/** Once: for what must not work. */
export async function reaches(netns: string, address: string, port: number): Promise<boolean> {
  const { stdout } = await tryIn(netns, 'timeout', '2', 'socat', '-u', `TCP:${address}:${port},connect-timeout=1`, '-')
  return stdout.includes('hi')
}

/** Asks until it is answered: who listens may take a moment to do so. */
export async function reachesSoon(netns: string, address: string, port: number): Promise<boolean> {
  return await becomesTrue(() => reaches(netns, address, port))
}

/** A TCP connection that stays open: what goes in comes back from an echoing server. */
export async function conversation(lab: HostLab, client: string, server: string, address: string, port: number): Promise<{ echoes(withinMs?: number): Promise<boolean> }> {
  const echo = start('socat', [`TCP4-LISTEN:${port},reuseaddr,fork`, 'EXEC:cat'], { netns: server, stdio: 'ignore' })
  lab.atEnd(() => { echo.kill('SIGKILL') })
  let talker: ChildProcess | undefined
  let heard = ''
  let count = 0
  await until(async () => (await tryIn(server, 'ss', '-ltn')).stdout.includes(`:${port}`))
  const connect = (): ChildProcess => {
    const child = start('socat', ['-', `TCP4:${address}:${port}`], { netns: client, stdio: ['pipe', 'pipe', 'ignore'] })
    child.stdout!.on('data', (chunk: Buffer) => { heard += chunk.toString() })
    child.stdin!.on('error', () => {})
    lab.atEnd(() => { child.kill('SIGKILL') })
    return child
  }
  return {
    /** In good time, unless another is given: a word that must not come back is not waited for as long. */
    async echoes(withinMs) {
      talker ??= connect()
      const word = `word-${count += 1}\n`
      talker.stdin!.write(word)
      return await becomesTrue(() => heard.includes(word), withinMs)
    },
  }
}
