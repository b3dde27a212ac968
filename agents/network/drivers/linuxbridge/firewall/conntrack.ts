/**
 * Established connections pass without being judged again. So when a rule or a member goes away, the connections it
 * may have allowed are forgotten; the next packet of each is judged by the rules of today. Only connections that
 * were opened in the rule's direction are touched: a download that the guest began is no business of an ingress
 * rule, and a packet from outside alone could not revive it.
 */
import type { Port, SecurityGroup, Wanted } from '../../driver.ts'
import { canonical, isV6, parsePrefix, isHost } from '../addresses.ts'
import type { HostShell } from '../host-shell.ts'
import { groupRules, protocolNumber } from './group-rules.ts'
import { filteredPorts } from './tables.ts'

type Direction = 'ingress' | 'egress'

/** Connections of a zone whose opener (`-s`) or target (`-d`) is the address. */
export interface Forget { zone: number; side: '-s' | '-d'; address: string; protocol: number | undefined }

/** What a group no longer allows. */
interface Loss { direction: Direction; protocol: number | undefined }

const BOTH: Loss[] = [{ direction: 'ingress', protocol: undefined }, { direction: 'egress', protocol: undefined }]

export function whatToForget(before: Wanted, now: Wanted, zoneOf: (port: Port) => number): Forget[] {
  const found = new Map<string, Forget>()
  const forget = (zone: number, side: '-s' | '-d', address: string, protocol: number | undefined): void => {
    if (isHost(parsePrefix(address))) found.set(`${zone} ${side} ${address} ${protocol}`, { zone, side, address: canonical(address), protocol })
  }
  const losses = groupLosses(before, now)
  const old = new Map(before.ports.map((port) => [port.id, port]))
  const members = lostMembers(before, now)
  for (const port of filteredPorts(now.ports)) {
    const zone = zoneOf(port)
    for (const { direction, protocol } of portLosses(old.get(port.id), port, losses)) {
      for (const { ipAddress } of port.fixedIps) forget(zone, direction === 'ingress' ? '-d' : '-s', ipAddress, protocol)
    }
    for (const id of port.securityGroupIds) {
      for (const { side, address } of members.get(id) ?? []) forget(zone, side, address, undefined)
    }
  }
  return [...found.values()]
}

function portLosses(earlier: Port | undefined, port: Port, losses: ReadonlyMap<string, Loss[]>): Loss[] {
  if (earlier === undefined) return []
  // Filtered from now on: connections of the time before were never judged.
  if (filteredPorts([earlier]).length === 0) return BOTH
  const left = earlier.securityGroupIds.some((id) => !port.securityGroupIds.includes(id)) ? BOTH : []
  return [...left, ...port.securityGroupIds.flatMap((id) => losses.get(id) ?? [])]
}

function groupLosses(before: Wanted, now: Wanted): Map<string, Loss[]> {
  const current = new Map(now.securityGroups.map((group) => [group.id, group]))
  return new Map(before.securityGroups.flatMap((group): [string, Loss[]][] => {
    const later = current.get(group.id)
    return later === undefined || later.rules === group.rules ? [] : [[group.id, group.stateful && !later.stateful ? BOTH : lostRules(group, later)]]
  }))
}

function lostRules(before: SecurityGroup, now: SecurityGroup): Loss[] {
  const lines = (group: SecurityGroup, direction: Direction): string[] => groupRules(group, direction, () => true)
  return before.rules.filter((rule) => {
    const alone = lines({ ...before, rules: [rule] }, rule.direction)
    const kept = new Set(lines(now, rule.direction))
    return alone.some((line) => !kept.has(line))
  }).map((rule) => ({ direction: rule.direction, protocol: protocolNumber(rule.protocol, rule.ethertype === 'IPv4' ? 4 : 6) }))
}

/** Group → addresses its remote rules no longer admit, as openers (ingress) or targets (egress). */
function lostMembers(before: Wanted, now: Wanted): Map<string, { side: '-s' | '-d'; address: string }[]> {
  const current = new Map(now.securityGroups.map((group) => [group.id, new Set(group.memberIps)]))
  const lost = new Map(before.securityGroups.map((group) => [group.id, group.memberIps.filter((ip) => current.get(group.id)?.has(ip) === false)]))
  return new Map(now.securityGroups.map((group) => [group.id, group.rules.flatMap((rule) => (lost.get(rule.remoteGroupId ?? '') ?? [])
    .map((address) => ({ side: rule.direction === 'ingress' ? '-s' as const : '-d' as const, address })))]))
}

/** From this many in one zone on it is cheaper to ask first who has connections at all. */
const MANY = 8

export async function forgetConnections(shell: HostShell, list: readonly Forget[]): Promise<void> {
  for (const zone of new Set(list.map((forget) => forget.zone))) {
    const here = list.filter((forget) => forget.zone === zone)
    const busy = here.length > MANY ? await busyAddresses(shell, zone) : undefined
    for (const { side, address, protocol } of here) {
      if (busy?.has(`${side} ${address}`) === false) continue
      const only = protocol === undefined ? [] : ['-p', String(protocol)]
      await shell.run('conntrack', ['-D', '-f', isV6(address) ? 'ipv6' : 'ipv4', '-w', String(zone), side, address, ...only], undefined, [0, 1])
    }
  }
}

/** `-s <address>` and `-d <address>` of every connection of the zone, as it was opened. */
async function busyAddresses(shell: HostShell, zone: number): Promise<Set<string>> {
  const found = new Set<string>()
  for (const family of ['ipv4', 'ipv6']) {
    const text = await shell.run('conntrack', ['-L', '-f', family, '-w', String(zone)], undefined, [0, 1])
    for (const [, source = '', target = ''] of text.matchAll(/^.*? src=(\S+) dst=(\S+)/gm)) found.add(`-s ${canonical(source)}`).add(`-d ${canonical(target)}`)
  }
  return found
}
