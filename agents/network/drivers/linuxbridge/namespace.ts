/**
 * A namespace with cables into it: what DHCP and routers are made of. Each device is a veth pair, the outer end
 * (`tap…`) in the network's bridge, the inner end (`ns-`, `qr-`, `qg-`) in the namespace with its addresses.
 */
import { mkdir } from 'node:fs/promises'
import { canonical, containsAddress, isV6, parsePrefix } from './addresses.ts'
import type { HostShell } from './host-shell.ts'
import type { Names } from './names.ts'
import { observeNamespace, type Link, type Links, type Route } from './observe.ts'
import type { Plan } from './plan.ts'

export interface WantedDevice { inner: string; outer: string; bridge: string; mac: string; mtu: number; /** With prefix length. */ addresses: string[] }
export interface WantedRoute { dst: string; gateway: string; dev: string }
export interface WantedSpace { ns: string; /** Made with the namespace: how leftovers are found. */ folder: string; devices: WantedDevice[]; routes: WantedRoute[]; sysctls: Record<string, number> }
export interface ActualSpace { exists: boolean; links: Links; routes: Route[] }

const EVERY_SPACE: Record<string, number> = { 'net.ipv4.conf.all.promote_secondaries': 1, 'net.ipv4.conf.default.promote_secondaries': 1 }

/** Devices in a namespace that are ours to remove. */
const OUR_DEVICE = /^(qr-|qg-|ns-)/

export async function observeSpace(shell: HostShell, ns: string, namespaces: ReadonlySet<string>): Promise<ActualSpace> {
  if (!namespaces.has(ns)) return { exists: false, links: new Map(), routes: [] }
  const { links, routes } = await observeNamespace(shell, ns)
  // The name of a namespace that was not unmounted cleanly stays without a loopback device behind it.
  return { exists: links.has('lo'), links, routes }
}

/** `outerLinks` are the links of the host's namespace. */
export function planSpace(plan: Plan, wanted: WantedSpace, actual: ActualSpace, outerLinks: Links, names: Names, shell: HostShell): void {
  const { ns } = wanted
  if (!actual.exists) {
    plan.wrong(`the namespace ${ns} is missing`).run(async () => { await makeNamespace(shell, wanted) }).ipIn(ns, 'link set dev lo up')
  }
  for (const device of wanted.devices) planDevice(plan, ns, device, actual.links.get(device.inner), outerLinks.get(device.outer), names, shell)
  const inner = new Set(wanted.devices.map((device) => device.inner))
  for (const link of actual.links.values()) {
    if (OUR_DEVICE.test(link.name) && !inner.has(link.name)) plan.wrong(`${link.name} should not be in ${ns}`).ipIn(ns, `link del dev ${link.name}`)
  }
  planRoutes(plan, wanted, actual)
}

async function makeNamespace(shell: HostShell, { ns, folder, sysctls }: WantedSpace): Promise<void> {
  await mkdir(folder, { recursive: true })
  if ((await shell.namespaces()).has(ns)) await shell.netnsCommand('del', ns).catch(() => {})
  await shell.netnsCommand('add', ns)
  await shell.sysctl({ ...EVERY_SPACE, ...sysctls }, ns)
}

/** Switches of the kernel that somebody turned: a router that does not forward looks right in every other way. */
export async function planSysctls(plan: Plan, { ns, sysctls }: WantedSpace, actual: ActualSpace, shell: HostShell): Promise<void> {
  if (!actual.exists) return
  const wanted = { ...EVERY_SPACE, ...sysctls }
  const present = await shell.readSysctls(Object.keys(wanted), ns)
  for (const [key, value] of Object.entries(wanted)) {
    const found = present.get(key)
    if (found !== undefined && found !== String(value)) plan.wrong(`${ns} has ${key} ${found}, should be ${value}`).run(async () => { await shell.sysctl({ [key]: value }, ns) })
  }
}

function planDevice(plan: Plan, ns: string, device: WantedDevice, inner: Link | undefined, outer: Link | undefined, names: Names, shell: HostShell): void {
  if (inner === undefined || outer === undefined) {
    plan.wrong(`the cable ${device.outer} – ${device.inner} into ${ns} is missing`)
    if (outer !== undefined) plan.run(async () => { await shell.deleteLink(device.outer) })
    else if (inner !== undefined) plan.run(async () => { await shell.deleteLink(device.inner, ns) })
    plan.ip(`link add name ${device.outer} mtu ${device.mtu} type veth peer name ${device.inner} address ${device.mac} netns ${ns}`,
      `link set dev ${device.outer} alias ${names.alias}`, `link set dev ${device.outer} addrgenmode none master ${device.bridge} up`)
    plan.ipIn(ns, `link set dev ${device.inner} mtu ${device.mtu} up`, ...device.addresses.map((address) => addAddress(address, device.inner)))
    return
  }
  if (outer.master !== device.bridge) plan.wrong(`${device.outer} is not in ${device.bridge}`).ip(`link set dev ${device.outer} master ${device.bridge}`)
  if (!outer.up) plan.wrong(`${device.outer} is down`).ip(`link set dev ${device.outer} up`)
  if (outer.mtu !== device.mtu) plan.wrong(`${device.outer} has MTU ${outer.mtu}, should be ${device.mtu}`).ip(`link set dev ${device.outer} mtu ${device.mtu}`)
  if (inner.mtu !== device.mtu) plan.wrong(`${device.inner} has MTU ${inner.mtu}, should be ${device.mtu}`).ipIn(ns, `link set dev ${device.inner} mtu ${device.mtu}`)
  if (inner.mac !== device.mac.toLowerCase()) plan.wrong(`${device.inner} has MAC ${inner.mac}, should be ${device.mac}`).ipIn(ns, `link set dev ${device.inner} address ${device.mac}`)
  planAddresses(plan, ns, device, inner)
}

function planAddresses(plan: Plan, ns: string, device: WantedDevice, inner: Link): void {
  const wanted = new Map(device.addresses.map((address) => [sameSpelling(address), address]))
  const present = new Set(inner.addresses.map(sameSpelling))
  for (const [key, address] of wanted) if (!present.has(key)) plan.wrong(`${device.inner} lacks the address ${address}`).ipIn(ns, addAddress(address, device.inner))
  for (const address of present) if (!wanted.has(address)) plan.wrong(`${device.inner} has the address ${address}`).ipIn(ns, `addr del ${address} dev ${device.inner}`)
  if (!inner.up) plan.wrong(`${device.inner} is down`).ipIn(ns, `link set dev ${device.inner} up`)
}

function sameSpelling(address: string): string {
  const [ip = '', length = ''] = address.split('/')
  return `${canonical(ip)}/${length}`
}

function addAddress(address: string, device: string): string {
  return `addr replace ${address} dev ${device}${isV6(address) ? ' nodad' : ''}`
}

function planRoutes(plan: Plan, wanted: WantedSpace, actual: ActualSpace): void {
  const key = (dst: string, v6: boolean): string => (dst === 'default' || /^(0\.0\.0\.0|::)\/0$/.test(dst) ? `default-${v6 ? 6 : 4}` : prefixKey(dst))
  const present = new Map(actual.routes.map((route) => [key(route.dst, route.family === 6), route]))
  for (const route of wanted.routes) {
    const v6 = isV6(route.gateway)
    const at = key(route.dst, v6)
    const old = present.get(at)
    present.delete(at)
    if (old !== undefined && old.gateway !== undefined && canonical(old.gateway) === canonical(route.gateway) && old.dev === route.dev) continue
    const device = wanted.devices.find(({ inner }) => inner === route.dev)
    const near = device?.addresses.some((address) => containsAddress(address, route.gateway)) ?? false
    plan.wrong(`${wanted.ns} has no route to ${route.dst} by ${route.gateway}`)
      .ipIn(wanted.ns, `route replace ${at === 'default-6' ? '::/0' : at === 'default-4' ? 'default' : at} via ${route.gateway} dev ${route.dev} proto static${near ? '' : ' onlink'}`)
  }
  for (const route of present.values()) {
    if (route.protocol !== 'static' || route.dst.startsWith('fe80')) continue
    plan.wrong(`${wanted.ns} has a route to ${route.dst} that should not be`).ipIn(wanted.ns, `route del ${route.family === 6 && route.dst === 'default' ? '::/0' : route.dst} dev ${route.dev}`)
  }
}

function prefixKey(dst: string): string {
  const prefix = parsePrefix(dst)
  return `${prefix.address}/${prefix.length}`
}
