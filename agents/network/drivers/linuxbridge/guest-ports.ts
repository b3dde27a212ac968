/**
 * Guests' ports: the hypervisor makes the tap, the agent puts it into its network's bridge. A port is up when its
 * tap is there, wired and filtered; a port that is administratively down is taken out of the bridge.
 */
import type { Network, Port } from '../driver.ts'
import type { Names } from './names.ts'
import type { Link } from './observe.ts'
import { Plan } from './plan.ts'

export interface GuestPort { plan: Plan; wired: boolean }

/** `link` is the port's tap, undefined while the hypervisor has not made it. */
export function planGuestPort(port: Port, network: Network | undefined, link: Link | undefined, names: Names): GuestPort {
  const plan = new Plan('port', port.id)
  if (link === undefined || network === undefined) return { plan, wired: false }
  const { name } = link
  if (!port.adminStateUp) {
    if (link.master !== undefined) plan.wrong(`${name} should carry no traffic`).ip(`link set dev ${name} nomaster`)
    return { plan, wired: false }
  }
  const bridge = names.bridge(network)
  if (link.mtu !== network.mtu) plan.wrong(`${name} has MTU ${link.mtu}, should be ${network.mtu}`).ip(`link set dev ${name} mtu ${network.mtu}`)
  if (link.addrGenMode !== 'none') plan.wrong(`${name} gives the host an address in the guests' network`).ip(`link set dev ${name} addrgenmode none`)
  if (link.master !== bridge) plan.wrong(`${name} is not in ${bridge}`).ip(`link set dev ${name} master ${bridge}`)
  if (!link.up) plan.wrong(`${name} is down`).ip(`link set dev ${name} up`)
  return { plan, wired: true }
}

/** A tap in one of our bridges that belongs to no wanted port: nobody filters it, so it may not stay. */
export function planStrayTap(link: Link): Plan {
  return new Plan('port', link.name).wrong(`${link.name} is in ${link.master} but belongs to no port of this host`).ip(`link set dev ${link.name} nomaster`)
}
