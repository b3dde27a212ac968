/**
 * Layer 2 of a network on this host: its bridge, and what joins it to the outside. `vxlan` networks get a tunnel as
 * soon as they live on another host too: unicast entries per port (l2 population), flooding entries per host, no
 * multicast, no learning from the tunnel. `flat` and `vlan` networks join a physical network; `local` ones nothing.
 */
import type { DriverOptions, Network } from '../driver.ts'
import type { Names } from './names.ts'
import type { FdbEntry, Link, Links } from './observe.ts'
import { Plan } from './plan.ts'

const FLOOD = '00:00:00:00:00:00'

export interface Layer2Host {
  options: Pick<DriverOptions, 'tunnelIp' | 'vxlanPort' | 'bridgeMappings'>
  names: Names
  links: Links
  fdb: FdbEntry[]
}

export function planLayer2(network: Network, host: Layer2Host): Plan {
  const plan = new Plan('network', network.id)
  const bridge = host.names.bridge(network)
  if (bridge === host.names.ownBridge(network.id)) planBridge(plan, bridge, network.mtu, host)
  else if (!host.links.has(bridge)) plan.wrong(`the bridge ${bridge} of physical network ${network.physicalNetwork} is missing`).run(async () => { throw new Error(`there is no bridge ${bridge}; make it, or change the bridge mappings`) })
  if (network.type === 'vxlan') planTunnel(plan, network, bridge, host)
  if (network.type === 'flat' && bridge === host.names.ownBridge(network.id)) planCard(plan, network, bridge, mappedDevice(plan, network, host), host)
  if (network.type === 'vlan') planVlan(plan, network, bridge, host)
  return plan
}

function planBridge(plan: Plan, bridge: string, mtu: number, { links, names }: Layer2Host): void {
  const link = links.get(bridge)
  if (link === undefined) {
    plan.wrong(`the bridge ${bridge} is missing`)
      .ip(`link add name ${bridge} type bridge forward_delay 0 stp_state 0 mcast_snooping 0`, `link set dev ${bridge} alias ${names.alias}`, `link set dev ${bridge} addrgenmode none mtu ${mtu} up`)
    return
  }
  if (link.alias !== names.alias) plan.wrong(`the bridge ${bridge} carries no mark of this cloud`).ip(`link set dev ${bridge} alias ${names.alias}`)
  planUpAndMtu(plan, link, mtu)
}

function planUpAndMtu(plan: Plan, link: Link, mtu: number): void {
  if (!link.up) plan.wrong(`${link.name} is down`).ip(`link set dev ${link.name} up`)
  if (link.mtu !== mtu) plan.wrong(`${link.name} has MTU ${link.mtu}, should be ${mtu}`).ip(`link set dev ${link.name} mtu ${mtu}`)
}

function planTunnel(plan: Plan, network: Network, bridge: string, host: Layer2Host): void {
  const { tunnelIp } = host.options
  if (tunnelIp === null || network.segmentationId === null) return
  const name = host.names.vxlan(network.segmentationId)
  const link = host.links.get(name)
  // A network that lives on one host needs no tunnel; one that is there stays, it may be needed again soon.
  if (link === undefined && network.remoteTunnelIps.length === 0) return
  const port = host.options.vxlanPort ?? 4789
  const fits = link?.vxlan !== undefined && link.vxlan.id === network.segmentationId && link.vxlan.local === tunnelIp && link.vxlan.port === port
  if (!fits) {
    plan.wrong(link === undefined ? `the tunnel ${name} is missing` : `the tunnel ${name} has another address or number`)
    if (link !== undefined) plan.ip(`link del dev ${name}`)
    plan.ip(`link add name ${name} type vxlan id ${network.segmentationId} local ${tunnelIp} dstport ${port} nolearning`,
      `link set dev ${name} alias ${host.names.alias}`, `link set dev ${name} addrgenmode none mtu ${network.mtu} master ${bridge} up`)
  } else {
    planUpAndMtu(plan, link, network.mtu)
    if (link.master !== bridge) plan.wrong(`the tunnel ${name} is not in ${bridge}`).ip(`link set dev ${name} master ${bridge}`)
  }
  planForwarding(plan, network, name, fits ? host.fdb : [])
}

function planForwarding(plan: Plan, network: Network, device: string, fdb: FdbEntry[]): void {
  const wanted = new Map<string, { mac: string; dst: string }>()
  for (const dst of network.remoteTunnelIps) wanted.set(`${FLOOD} ${dst}`, { mac: FLOOD, dst })
  for (const { macAddress, tunnelIp } of network.neighbours) wanted.set(`${macAddress} ${tunnelIp}`, { mac: macAddress, dst: tunnelIp })
  const stale = fdb.filter((entry) => entry.device === device && !wanted.delete(`${entry.mac} ${entry.dst}`))
  // An entry whose host changed is replaced in one step, so no frame is flooded in between.
  const replaced = new Set([...wanted.values()].filter(({ mac }) => mac !== FLOOD).map(({ mac }) => mac))
  for (const { mac, dst } of wanted.values()) {
    plan.wrong(`${device} does not know that ${mac === FLOOD ? 'the network' : mac} is at ${dst}`)
      .bridge(`fdb ${mac === FLOOD ? 'append' : 'replace'} ${mac} dev ${device} dst ${dst} self permanent`)
  }
  for (const { mac, dst } of stale) {
    plan.wrong(`${device} still sends ${mac === FLOOD ? 'floods' : mac} to ${dst}`)
    if (!replaced.has(mac)) plan.bridge(`fdb del ${mac} dev ${device} dst ${dst} self`)
  }
}

function mappedDevice(plan: Plan, network: Network, { options }: Layer2Host): string {
  const device = options.bridgeMappings[network.physicalNetwork ?? '']
  if (device !== undefined) return device
  plan.wrong(`this host has no device for physical network ${network.physicalNetwork ?? '(none)'}`)
    .run(async () => { throw new Error(`add physical network ${network.physicalNetwork ?? ''} to the bridge mappings of this host`) })
  return ''
}

function planCard(plan: Plan, _network: Network, bridge: string, card: string, { links }: Layer2Host): void {
  if (card === '') return
  const link = links.get(card)
  if (link === undefined) {
    plan.wrong(`the network card ${card} is missing`).run(async () => { throw new Error(`there is no network card ${card}`) })
    return
  }
  if (link.master !== bridge || !link.up) plan.wrong(`${card} is not in ${bridge}`).ip(`link set dev ${card} master ${bridge} up`)
}

function planVlan(plan: Plan, network: Network, bridge: string, host: Layer2Host): void {
  const card = mappedDevice(plan, network, host)
  if (card === '' || network.segmentationId === null) return
  const name = `${card}.${network.segmentationId}`.slice(-15)
  const link = host.links.get(name)
  if (link === undefined) {
    plan.wrong(`the VLAN device ${name} is missing`)
      .ip(`link add link ${card} name ${name} type vlan id ${network.segmentationId}`, `link set dev ${name} alias ${host.names.alias}`, `link set dev ${name} addrgenmode none master ${bridge} up`)
  } else if (link.master !== bridge || !link.up) {
    plan.wrong(`${name} is not in ${bridge}`).ip(`link set dev ${name} master ${bridge} up`)
  }
}

/** Devices of layer 2 that the wanted networks need; all others with our mark must go. */
export function layer2Devices(networks: readonly Network[], names: Names, mappings: Record<string, string>): Set<string> {
  const wanted = new Set<string>()
  for (const network of networks) {
    wanted.add(names.bridge(network))
    if (network.type === 'vxlan' && network.segmentationId !== null) wanted.add(names.vxlan(network.segmentationId))
    if (network.type === 'vlan') wanted.add(`${mappings[network.physicalNetwork ?? '']}.${network.segmentationId}`.slice(-15))
  }
  return wanted
}
