/**
 * DHCP and DNS of a network: a namespace with a cable into the network, dnsmasq in it, and the metadata service on
 * 169.254.169.254 for guests without a router. dnsmasq reads changed files on SIGHUP; it is started anew only when
 * its arguments change, or when an old lease holds an address that now belongs to someone else.
 */
import { join } from 'node:path'
import { readTextFile, removePath, writeFileAtomic } from '#core/host/files.ts'
import type { Subnet } from '../../driver.ts'
import { canonical } from '../addresses.ts'
import { runningDaemon, signal, stopDaemon } from '../daemon.ts'
import type { HostShell } from '../host-shell.ts'
import { innerName, type Names } from '../names.ts'
import { planSpace, planSysctls, type ActualSpace, type WantedSpace } from '../namespace.ts'
import type { Links } from '../observe.ts'
import { Plan } from '../plan.ts'
import { dnsmasqArguments, dnsmasqFiles, type DnsmasqFiles, type ServedNetwork } from './dnsmasq-files.ts'

const SYSCTLS = {
  'net.ipv6.conf.all.accept_dad': 0, 'net.ipv6.conf.default.accept_dad': 0, 'net.ipv6.conf.all.accept_ra': 0, 'net.ipv6.conf.default.accept_ra': 0,
}

export interface DhcpHost {
  shell: HostShell
  names: Names
  stateDir: string
  dnsServers: readonly string[]
  links: Links
  isolated(subnet: Subnet): boolean
  metadata: boolean
  /** Also reads the kernel's switches. */
  thorough: boolean
}

export function dhcpFolder(stateDir: string, networkId: string): string { return join(stateDir, 'dhcp', networkId) }

export async function planDhcp(network: ServedNetwork, actual: ActualSpace, host: DhcpHost): Promise<Plan> {
  const plan = new Plan('dhcp', network.id)
  const wanted = dhcpSpace(network, host)
  planSpace(plan, wanted, actual, host.links, host.names, host.shell)
  if (host.thorough) await planSysctls(plan, wanted, actual, host.shell)
  await planProcess(plan, network, wanted.ns, host)
  return plan
}

function dhcpSpace(network: ServedNetwork, { names, metadata, stateDir }: DhcpHost): WantedSpace {
  const { portId, macAddress, fixedIps } = network.dhcp
  const inner = innerName('ns', portId)
  const gateway = network.subnets.find((subnet) => subnet.ipVersion === 4 && subnet.gatewayIp !== null && fixedIps.some(({ subnetId }) => subnetId === subnet.id))?.gatewayIp
  return {
    ns: names.dhcpNamespace(network.id), folder: dhcpFolder(stateDir, network.id), sysctls: SYSCTLS,
    devices: [{
      inner, outer: names.tap(portId), bridge: names.bridge(network), mac: macAddress, mtu: network.mtu,
      addresses: [...fixedIps.map(({ ipAddress, prefixLength }) => `${ipAddress}/${prefixLength}`), ...(metadata ? ['169.254.169.254/32'] : [])],
    }],
    // A gateway that is the DHCP port itself would be a route to nowhere.
    routes: gateway === undefined || gateway === null || fixedIps.some(({ ipAddress }) => ipAddress === gateway) ? [] : [{ dst: 'default', gateway, dev: inner }],
  }
}

async function planProcess(plan: Plan, network: ServedNetwork, ns: string, host: DhcpHost): Promise<void> {
  const folder = dhcpFolder(host.stateDir, network.id)
  const files = dnsmasqFiles(network, host.isolated)
  const args = dnsmasqArguments(network, folder, innerName('ns', network.dhcp.portId), host.dnsServers)
  const place = { pidFile: join(folder, 'pid'), marker: folder, ns }
  const [pid, oldArgs, changed, blocked] = await Promise.all([
    runningDaemon(place), readTextFile(join(folder, 'arguments')), changedFiles(folder, files), blockedLeases(folder, network),
  ])
  if (changed.length > 0) plan.wrong(`dnsmasq's ${changed.join(', ')} is not up to date`).run(async () => { await writeFiles(folder, files, changed) })
  if (pid !== undefined && oldArgs === args.join('\n') && blocked.length === 0) {
    if (changed.length > 0) plan.run(async () => { signal(pid, 'SIGHUP') })
    return
  }
  plan.wrong(pid === undefined ? 'dnsmasq does not run' : blocked.length > 0 ? `an old lease holds ${blocked.join(', ')}` : 'dnsmasq runs with other arguments')
    .run(async () => {
      await stopDaemon(place)
      await dropLeases(folder, blocked)
      await writeFileAtomic(join(folder, 'arguments'), args.join('\n'))
      await host.shell.run('dnsmasq', args, ns)
    })
}

async function changedFiles(folder: string, files: DnsmasqFiles): Promise<(keyof DnsmasqFiles)[]> {
  const names = Object.keys(files) as (keyof DnsmasqFiles)[]
  const texts = await Promise.all(names.map(async (name) => await readTextFile(join(folder, name))))
  return names.filter((name, at) => texts[at] !== files[name])
}

async function writeFiles(folder: string, files: DnsmasqFiles, names: (keyof DnsmasqFiles)[]): Promise<void> {
  for (const name of names) await writeFileAtomic(join(folder, name), files[name])
}

/** Addresses that the lease file gives to a MAC they no longer belong to while another port waits for them. */
async function blockedLeases(folder: string, network: ServedNetwork): Promise<string[]> {
  const text = await readTextFile(join(folder, 'leases'))
  if (text === undefined) return []
  const owners = new Map(network.dhcp.leases.flatMap((lease) => lease.fixedIps.map(({ ipAddress }) => [canonical(ipAddress), lease.macAddress.toLowerCase()] as const)))
  return text.split('\n').map((line) => line.split(' ')).filter(([, mac = '', ip = '']) => {
    const owner = owners.get(ip)
    return mac.includes(':') && owner !== undefined && owner !== mac
  }).map(([, , ip = '']) => ip)
}

async function dropLeases(folder: string, addresses: readonly string[]): Promise<void> {
  if (addresses.length === 0) return
  const text = await readTextFile(join(folder, 'leases')) ?? ''
  await writeFileAtomic(join(folder, 'leases'), text.split('\n').filter((line) => !addresses.includes(line.split(' ')[2] ?? '')).join('\n'))
}

/** Ends DHCP of a network and removes its namespace and files. */
export function planDhcpRemoval(networkId: string, { shell, names, stateDir }: Pick<DhcpHost, 'shell' | 'names' | 'stateDir'>, release: (ns: string) => Promise<void>): Plan {
  const ns = names.dhcpNamespace(networkId)
  const folder = dhcpFolder(stateDir, networkId)
  return new Plan('dhcp', networkId).wrong('DHCP is served here but should not be').run(async () => {
    await stopDaemon({ pidFile: join(folder, 'pid'), marker: folder })
    await release(ns)
    if ((await shell.namespaces()).has(ns)) await shell.netnsCommand('del', ns)
    await removePath(folder)
  })
}
