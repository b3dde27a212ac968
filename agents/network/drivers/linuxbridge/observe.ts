/**
 * What is on the host, as the planners read it: links of a namespace with their addresses and routes, forwarding
 * entries of VXLAN devices. One picture is taken per round, so a round over many networks asks the kernel once.
 */
import { isV6 } from './addresses.ts'
import type { HostShell } from './host-shell.ts'

export interface Link {
  name: string
  index: number
  kind: string
  master: string | undefined
  mtu: number
  up: boolean
  mac: string
  alias: string | undefined
  addrGenMode: string
  vxlan: { id: number; local: string | undefined; port: number } | undefined
  /** Global addresses with prefix length. */
  addresses: string[]
}

interface RawLink {
  ifname: string; ifindex: number; flags: string[]; mtu: number; master?: string; address?: string; ifalias?: string; inet6_addr_gen_mode?: string
  linkinfo?: { info_kind?: string; info_data?: { id?: number; local?: string; port?: number } }
  addr_info?: { local?: string; prefixlen: number; scope: string; family: string; dynamic?: boolean }[]
}

export type Links = Map<string, Link>

export async function observeLinks(shell: HostShell): Promise<Links> {
  return byName(await shell.ipJson<RawLink>(['-d', 'link', 'show']))
}

export async function observeLink(shell: HostShell, name: string): Promise<Link | undefined> {
  return byName(await shell.ipJson<RawLink>(['-d', 'link', 'show', 'dev', name])).get(name)
}

/** Links of the host with their addresses. */
export async function observeAddresses(shell: HostShell): Promise<Links> {
  return byName(await shell.ipJson<RawLink>(['-d', 'addr', 'show']))
}

function byName(raw: RawLink[]): Links {
  const links: Links = new Map()
  for (const link of raw) if (link.ifname !== undefined) links.set(link.ifname, readLink(link))
  return links
}

function readLink(raw: RawLink): Link {
  const kind = raw.linkinfo?.info_kind ?? ''
  const data = raw.linkinfo?.info_data
  return {
    name: raw.ifname, index: raw.ifindex, kind, master: raw.master, mtu: raw.mtu, up: raw.flags.includes('UP'), mac: raw.address ?? '',
    alias: raw.ifalias, addrGenMode: raw.inet6_addr_gen_mode ?? '',
    vxlan: kind === 'vxlan' ? { id: data?.id ?? 0, local: data?.local, port: data?.port ?? 0 } : undefined,
    addresses: (raw.addr_info ?? []).filter((address) => address.scope !== 'link' && address.dynamic !== true && address.local !== undefined)
      .map((address) => `${address.local}/${address.prefixlen}`),
  }
}

export interface Route { dst: string; gateway: string | undefined; dev: string; protocol: string; family: 4 | 6 }

interface RawRoute { dst: string; gateway?: string; dev?: string; protocol?: string; type?: string }

/** Links of a namespace with their addresses, and the routes that somebody set (the kernel's own are left out). */
export async function observeNamespace(shell: HostShell, ns: string): Promise<{ links: Links; routes: Route[] }> {
  const [rawLinks = [], rawRoutes = []] = await shell.ipJsonBatch(['addr show', 'route show'], ns)
  const links = byName(rawLinks as RawLink[])
  const routes = readRoutes(rawRoutes as RawRoute[], 4)
  const six = [...links.values()].some(({ addresses }) => addresses.some(isV6))
  return { links, routes: six ? [...routes, ...readRoutes(await shell.ipJson<RawRoute>(['-6', 'route', 'show'], ns), 6)] : routes }
}

function readRoutes(raw: RawRoute[], family: 4 | 6): Route[] {
  return raw.filter((route) => route.protocol !== 'kernel' && route.protocol !== 'ra' && route.dev !== undefined)
    .map((route) => ({ dst: route.dst, gateway: route.gateway, dev: route.dev!, protocol: route.protocol ?? '', family }))
}

export interface FdbEntry { mac: string; device: string; dst: string }

/** Forwarding entries that lead to another host. */
export async function observeFdb(shell: HostShell): Promise<FdbEntry[]> {
  const raw = await shell.bridgeJson<{ mac: string; ifname: string; dst?: string }>(['fdb', 'show'])
  return raw.filter((entry) => entry.dst !== undefined).map((entry) => ({ mac: entry.mac, device: entry.ifname, dst: entry.dst! }))
}
