/**
 * When an aggregate may name a zone, or another: a host is in one zone at most, and servers do not change their zone
 * by an edit.
 */
import { pythonRepr } from '#core/schema/fault.ts'
import type { ComputeContext } from '../context.ts'
import { countServersOn, listAggregatesWithHosts, type HostAggregate } from './aggregate.store.ts'

export interface ZoneChange {
  aggregate: HostAggregate
  /** What the zone shall be; undefined leaves it alone. */
  zone: string | null | undefined
  /** Hosts that would be in it. */
  hosts: string[]
  /** Whether servers on the hosts stand against another zone. */
  serversStay: boolean
}

/** Why the zone cannot be so; undefined when it can. */
export async function zoneProblem(ctx: ComputeContext, { aggregate, zone, hosts, serversStay }: ZoneChange): Promise<string | undefined> {
  if (zone === undefined) return undefined
  if (zone === null || zone === '') return `Aggregate ${aggregate.name} does not support empty named availability zone`
  const others = (await listAggregatesWithHosts(ctx)).filter((other) => other.id !== aggregate.id && other.hosts.some((host) => hosts.includes(host)))
  const conflicting = others.map((other) => other.metadata['availability_zone']).filter((name) => name !== undefined && name !== zone)
  if (conflicting.length > 0) return `One or more hosts already in availability zone(s) ${pythonRepr(conflicting)}`
  const changes = serversStay && aggregate.metadata['availability_zone'] !== zone
  return changes && await countServersOn(ctx, hosts) > 0 ? 'One or more hosts contain instances in this zone' : undefined
}
