/** Row → API. */
import { isoMicrosNoZone } from '#core/time/clock.ts'
import type { HostAggregate } from './aggregate.store.ts'

export function aggregateView(aggregate: HostAggregate): Record<string, unknown> {
  return {
    id: aggregate.id, uuid: aggregate.uuid, name: aggregate.name, hosts: aggregate.hosts, metadata: aggregate.metadata,
    availability_zone: aggregate.metadata['availability_zone'] ?? null,
    created_at: isoMicrosNoZone(aggregate.created_at), updated_at: aggregate.updated_at === null ? null : isoMicrosNoZone(aggregate.updated_at),
    deleted: false, deleted_at: null,
  }
}
