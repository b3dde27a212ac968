/**
 * What changed, told to the hosts. A command names what it touched in its own transaction (`noteChange`); after the
 * commit the nudger (`nudge-hosts.ts`) finds the hosts concerned and tells them to look again. A lost nudge costs one
 * timer period of the host, nothing more.
 */
import { emit } from '#core/db/outbox.ts'
import type { NetworkContext } from '../context.ts'

/** Something hosts may have to act on was touched. */
export const CHANGED_TOPIC = 'network.changed'
/** A port went up or down: compute listens. */
export const PORT_STATUS_TOPIC = 'network.port-status'

/** What compute shows of a server's network is another now: addresses or floating IPs came or went. */
export const DEVICE_TOPIC = 'network.device-changed'

export interface Change {
  /** Subnets, leases or neighbours of these networks. */
  networkIds?: string[]
  portIds?: string[]
  routerIds?: string[]
  /** Rules or members of these groups. */
  securityGroupIds?: string[]
  /** Subnets, routers or their ports came or went: somebody may have to serve DHCP or route now. */
  reschedule?: boolean
  /** Hosts to tell besides those found by the ids: a deleted port leaves no trace. */
  hosts?: string[]
}

export interface PortStatusEvent { portId: string; status: string; deviceId: string; host: string }

export interface DeviceEvent { deviceId: string }

export async function noteChange(ctx: NetworkContext, change: Change): Promise<void> {
  await emit(ctx, CHANGED_TOPIC, change)
}

/** Tells compute of ports of its servers that look different from outside now. */
export async function noteDevices(ctx: NetworkContext, ports: readonly { device_id: string; device_owner: string }[]): Promise<void> {
  const deviceIds = new Set(ports.filter((p) => p.device_owner.startsWith('compute:') && p.device_id !== '').map((p) => p.device_id))
  for (const deviceId of deviceIds) await emit(ctx, DEVICE_TOPIC, { deviceId } satisfies DeviceEvent)
}
