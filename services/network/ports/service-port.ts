/** Ports the service makes for itself: a router's leg, a gateway, the outside of a floating IP. They count for nobody's quota. */
import type { AskedIp } from '../allocation/allocate-ips.ts'
import type { NetworkContext } from '../context.ts'
import type { PortRow } from '../database.ts'
import { createPort } from './create-port.ts'

export interface ServicePort { projectId: string; networkId: string; deviceOwner: string; deviceId: string; fixedIps?: AskedIp[] }

export async function createServicePort(ctx: NetworkContext, port: ServicePort): Promise<PortRow> {
  return await createPort(ctx, {
    project_id: port.projectId, network_id: port.networkId, name: '', description: '', admin_state_up: true, device_owner: port.deviceOwner, device_id: port.deviceId, dns_name: '',
    ...(port.fixedIps === undefined ? {} : { fixed_ips: port.fixedIps }),
  })
}
