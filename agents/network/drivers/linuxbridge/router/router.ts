/**
 * A router: a namespace with a `qr-` device in each tenant network and a `qg-` device in the external one, routes,
 * address translation, router advertisements.
 */
import { join } from 'node:path'
import { removePath } from '#core/host/files.ts'
import type { Network, Router } from '../../driver.ts'
import { containsAddress, isV6 } from '../addresses.ts'
import { stopDaemon } from '../daemon.ts'
import type { HostShell } from '../host-shell.ts'
import { innerName, type Names } from '../names.ts'
import { planSpace, planSysctls, type ActualSpace, type WantedDevice, type WantedRoute, type WantedSpace } from '../namespace.ts'
import type { NftLoader } from '../nft-loader.ts'
import type { Links } from '../observe.ts'
import { Plan } from '../plan.ts'
import { planRadvd, radvdConfiguration } from './radvd.ts'
import { movedFloatingIps, routerTable } from './router-rules.ts'

const SYSCTLS = {
  'net.ipv4.ip_forward': 1, 'net.ipv4.conf.all.rp_filter': 0, 'net.ipv4.conf.default.rp_filter': 0, 'net.ipv4.conf.all.arp_ignore': 1, 'net.ipv4.conf.all.arp_announce': 2,
  'net.ipv6.conf.all.forwarding': 1, 'net.ipv6.conf.default.forwarding': 1, 'net.ipv6.conf.all.accept_dad': 0, 'net.ipv6.conf.default.accept_dad': 0,
}

export interface RouterHost {
  shell: HostShell
  names: Names
  stateDir: string
  links: Links
  networks: ReadonlyMap<string, Network>
  loader: NftLoader
  /** Also reads the rules that are loaded, not only which generation, and the kernel's switches. */
  thorough: boolean
}

export function routerFolder(stateDir: string, routerId: string): string { return join(stateDir, 'routers', routerId) }

export async function planRouter(router: Router, actual: ActualSpace, host: RouterHost): Promise<Plan> {
  const plan = new Plan('router', router.id)
  const space = routerSpace(router, host)
  planSpace(plan, space, actual, host.links, host.names, host.shell)
  if (host.thorough) await planSysctls(plan, space, actual, host.shell)
  const table = routerTable(router)
  const problem = actual.exists ? await host.loader.problem(table, host.thorough) : 'the address translation is not loaded'
  if (problem !== undefined) {
    plan.wrong(problem).run(async () => {
      const moved = movedFloatingIps(host.loader.loaded, table)
      await host.loader.load(table)
      for (const address of moved) await endConnections(host.shell, space.ns, address)
    })
  }
  await planRadvd(plan, radvdConfiguration(router, host.networks), space.ns, routerFolder(host.stateDir, router.id), host.shell)
  if (!plan.empty) plan.run(async () => { announce(space, actual, host.shell) })
  return plan
}

function routerSpace(router: Router, host: RouterHost): WantedSpace {
  const devices: WantedDevice[] = router.interfaces.flatMap((port) => device('qr', port, host))
  const routes: WantedRoute[] = []
  if (router.gateway !== null) {
    const [outside] = device('qg', router.gateway, host)
    if (outside !== undefined) {
      outside.addresses.push(...[...floatingAddresses(router)].map((address) => `${address}/32`).filter((address) => !outside.addresses.includes(address)))
      devices.push(outside)
      routes.push(...router.gateway.nextHops.map((gateway) => ({ dst: 'default', gateway, dev: outside.inner })))
    }
  }
  for (const { destination, nexthop } of router.routes) {
    const by = devices.find(({ addresses }) => addresses.some((address) => isV6(address) === isV6(nexthop) && containsAddress(address, nexthop)))
    if (by !== undefined) routes.push({ dst: destination, gateway: nexthop, dev: by.inner })
  }
  return { ns: host.names.routerNamespace(router.id), folder: routerFolder(host.stateDir, router.id), sysctls: SYSCTLS, devices, routes }
}

function floatingAddresses(router: Router): Set<string> {
  return new Set([...router.floatingIps, ...(router.portForwardings ?? [])].map(({ floatingIpAddress }) => floatingIpAddress))
}

function device(prefix: 'qr' | 'qg', port: { portId: string; macAddress: string; networkId: string; fixedIps: { ipAddress: string; prefixLength: number }[] }, { names, networks }: RouterHost): WantedDevice[] {
  const network = networks.get(port.networkId)
  if (network === undefined) return []
  return [{
    inner: innerName(prefix, port.portId), outer: names.tap(port.portId), bridge: names.bridge(network), mac: port.macAddress, mtu: network.mtu,
    addresses: port.fixedIps.map(({ ipAddress, prefixLength }) => `${ipAddress}/${prefixLength}`),
  }]
}

/** Connections through a floating IP that translates differently now; both directions. */
async function endConnections(shell: HostShell, ns: string, address: string): Promise<void> {
  await shell.run('conntrack', ['-D', '-d', address], ns, [0, 1])
  await shell.run('conntrack', ['-D', '-q', address], ns, [0, 1])
}

/** Tells the neighbours about addresses that are new here, as they may remember another router; nobody waits for it. */
function announce(space: WantedSpace, actual: ActualSpace, shell: HostShell): void {
  for (const { inner, addresses } of space.devices) {
    const present = actual.links.get(inner)?.addresses ?? []
    for (const address of addresses) {
      if (isV6(address) || present.includes(address)) continue
      shell.run('arping', ['-q', '-U', '-c', '2', '-w', '3', '-I', inner, address.split('/')[0]!], space.ns, [0, 1])
        .catch((error: unknown) => { shell.log.debug({ err: error, address }, 'an address could not be announced') })
    }
  }
}

export function planRouterRemoval(routerId: string, { shell, names, stateDir }: Pick<RouterHost, 'shell' | 'names' | 'stateDir'>, release: (ns: string) => Promise<void>): Plan {
  const ns = names.routerNamespace(routerId)
  const folder = routerFolder(stateDir, routerId)
  return new Plan('router', routerId).wrong('the router is on this host but should not be').run(async () => {
    await stopDaemon({ pidFile: join(folder, 'radvd.pid'), marker: folder })
    await release(ns)
    if ((await shell.namespaces()).has(ns)) await shell.netnsCommand('del', ns)
    await removePath(folder)
  })
}
