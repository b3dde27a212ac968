/** Who asks for metadata: the one port that has the address on a network, or on one of a router's networks. */
import type { NetworkContext } from '../context.ts'
import { canonicalIp } from '../addresses/ip.ts'

export async function portByAddress(ctx: NetworkContext, question: { ipAddress: string; networkId?: string; routerId?: string }): Promise<{ portId: string; deviceId: string; projectId: string } | null> {
  let query = ctx.db.selectFrom('ip_allocations').innerJoin('ports', 'ports.id', 'ip_allocations.port_id').select(['ports.id', 'ports.device_id', 'ports.project_id'])
    .where('ip_allocations.ip_address', '=', canonicalIp(question.ipAddress))
  if (question.networkId !== undefined) query = query.where('ip_allocations.network_id', '=', question.networkId)
  else if (question.routerId !== undefined) {
    const { routerId } = question
    query = query.where('ip_allocations.network_id', 'in', (eb) => eb.selectFrom('router_interfaces').select('network_id').where('router_id', '=', routerId))
  } else return null
  const found = await query.limit(2).execute()
  const port = found.length === 1 ? found[0]! : undefined
  return port === undefined ? null : { portId: port.id, deviceId: port.device_id, projectId: port.project_id }
}
