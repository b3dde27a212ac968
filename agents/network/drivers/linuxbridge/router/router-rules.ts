/**
 * A router's address translation, in its namespace: floating IPs as two maps (a floating IP more is two elements),
 * port forwardings, SNAT for the rest, and the way to the metadata proxy. Order as in upstream's l3 agent: a floating
 * IP's own source translation before the shared one; a connection from inside to a floating IP of the same router
 * comes back through the router (hairpin).
 */
import type { Router } from '../../driver.ts'
import { isV6 } from '../addresses.ts'
import { NftTable } from '../nft-table.ts'

export const ROUTER_METADATA_PORT = 9697

export function routerTable(router: Router): NftTable {
  const table = new NftTable('ip', 'nacre_l3')
  table.map('fip_dnat', 'type ipv4_addr : ipv4_addr;', router.floatingIps.map((fip) => [fip.floatingIpAddress, fip.fixedIpAddress] as const))
  table.map('fip_snat', 'type ipv4_addr : ipv4_addr;', router.floatingIps.map((fip) => [fip.fixedIpAddress, fip.floatingIpAddress] as const))
  const forwardings = (router.portForwardings ?? []).map(forwardingRule)
  const outside = router.gateway?.fixedIps.map(({ ipAddress }) => ipAddress).find((address) => !isV6(address))
  table.chain('prerouting', [
    `iifname "qr-*" ip daddr 169.254.169.254 tcp dport 80 redirect to :${ROUTER_METADATA_PORT}`, 'dnat to ip daddr map @fip_dnat', ...forwardings,
  ], 'type nat hook prerouting priority -100; policy accept;')
  table.chain('output', ['dnat to ip daddr map @fip_dnat', ...forwardings], 'type nat hook output priority -100; policy accept;')
  table.chain('postrouting', [
    'iifname "qg-*" accept',
    'iifname "qr-*" oifname "qr-*" ct status & dnat == 0 accept',
    'snat to ip saddr map @fip_snat',
    ...(outside === undefined || router.gateway?.enableSnat !== true ? [] : [`oifname "qg-*" ip saddr != ${outside} snat to ${outside} fully-random`]),
    // A guest that calls its neighbour by the neighbour's floating IP must get the answer from there.
    outside === undefined ? 'oifname "qr-*" ct status dnat masquerade' : `oifname "qr-*" ct status dnat snat to ${outside}`,
  ], 'type nat hook postrouting priority 100; policy accept;')
  table.chain('input', [`tcp dport ${ROUTER_METADATA_PORT} iifname != "qr-*" drop`], 'type filter hook input priority 0; policy accept;')
  return table
}

function forwardingRule(forwarding: NonNullable<Router['portForwardings']>[number]): string {
  const { floatingIpAddress, protocol, externalPortRange, internalIpAddress, internalPortRange } = forwarding
  const ports = (text: string): string => text.replace(':', '-')
  return `ip daddr ${floatingIpAddress} ${protocol} dport ${ports(externalPortRange)} dnat to ${internalIpAddress}:${ports(internalPortRange)}`
}

/** Floating IPs that translate differently than before: their connections must end. */
export function movedFloatingIps(before: NftTable | undefined, now: NftTable): string[] {
  const old = before?.sets.get('fip_dnat')?.elements ?? new Map<string, string>()
  const current = now.sets.get('fip_dnat')!.elements
  return [...old].filter(([outside, inside]) => current.get(outside) !== inside).map(([outside]) => outside)
}
