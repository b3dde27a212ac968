/**
 * The names users of the Linux bridge reference architecture know (`brq…`, `tap…`, `qr-…`, `qrouter-…`), and the
 * mark by which this cloud finds its own devices again: the interface alias `nacre:<cloud tag>`.
 */
import { createHash } from 'node:crypto'
import type { DriverOptions, Network } from '../driver.ts'

export interface Names {
  readonly alias: string
  readonly tag: string
  bridge(network: Network): string
  ownBridge(networkId: string): string
  vxlan(vni: number): string
  tap(portId: string): string
  dhcpNamespace(networkId: string): string
  routerNamespace(routerId: string): string
  l2Table: string
  groupTable: string
  natTable: string
}

export function makeNames(options: Pick<DriverOptions, 'cloudTag' | 'netns' | 'vxlanPort' | 'bridgeMappings'>, isBridge: (device: string) => boolean): Names {
  const tag = options.cloudTag
  // Two hosts on one machine (a namespace plays the second) share the list of namespaces.
  const suffix = options.netns === undefined ? '' : `-${options.netns}`
  const port = options.vxlanPort ?? 4789
  const ownBridge = (networkId: string): string => `brq${networkId.slice(0, 11)}`
  return {
    alias: `nacre:${tag}`, tag, ownBridge,
    bridge(network) {
      const mapped = network.type === 'flat' ? options.bridgeMappings[network.physicalNetwork ?? ''] : undefined
      return mapped !== undefined && isBridge(mapped) ? mapped : ownBridge(network.id)
    },
    vxlan: (vni) => (port === 4789 ? `vxlan-${vni}` : `vx${vni}p${port}`),
    tap: (portId) => `tap${portId.slice(0, 11)}`,
    dhcpNamespace: (networkId) => `qdhcp-${networkId}${suffix}`,
    routerNamespace: (routerId) => `qrouter-${routerId}${suffix}`,
    l2Table: `nacre_${tag}_l2`, groupTable: `nacre_${tag}_sg`, natTable: `nacre_${tag}_nat`,
  }
}

/** Inside a router's namespace: `qr-` towards a tenant network, `qg-` towards the outside; `ns-` is DHCP's. */
export function innerName(prefix: 'qr' | 'qg' | 'ns', portId: string): string {
  return `${prefix}-${portId.slice(0, 11)}`
}

/** A stable number from a text: for marks, zones and addresses that must survive a restart. */
export function stableNumber(text: string, below: number): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0) % below
}

/** A locally administered unicast MAC that is always the same for a text. */
export function stableMac(text: string): string {
  const digest = createHash('sha256').update(text).digest('hex')
  return `fe:${(digest.slice(0, 10).match(/../g) ?? []).join(':')}`
}
