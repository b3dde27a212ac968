/** Zones → API. A zone is available while one of its services is enabled. */
import { isoMicrosNoZone } from '#core/time/clock.ts'
import type { Service } from '../compute-services/services.ts'

interface ServiceState { available: boolean; active: boolean; updated_at: string }
interface ZoneView { zoneName: string; zoneState: { available: boolean }; hosts: Record<string, Record<string, ServiceState>> | null }

/** `withHosts` shows who is in an available zone, and the zone of control services. */
export function zonesView(services: Service[], internalZone: string, withHosts: boolean): object {
  const shown = withHosts ? services : services.filter((service) => service.zone !== internalZone)
  const enabled = shown.filter((service) => !service.disabled)
  const available = new Set(enabled.map((service) => service.zone))
  const unavailable = new Set(shown.map((service) => service.zone)).difference(available)
  const zones: ZoneView[] = [
    ...[...available].sort().map((name) => ({ zoneName: name, zoneState: { available: true }, hosts: withHosts ? hostsIn(enabled, name) : null })),
    ...[...unavailable].sort().map((name) => ({ zoneName: name, zoneState: { available: false }, hosts: null })),
  ]
  return { availabilityZoneInfo: zones }
}

function hostsIn(services: Service[], zone: string): Record<string, Record<string, ServiceState>> {
  const hosts: Record<string, Record<string, ServiceState>> = {}
  for (const service of services) {
    if (service.zone !== zone) continue
    const states = (hosts[service.host] ??= {})
    states[service.binary] = { available: service.up, active: !service.disabled, updated_at: isoMicrosNoZone(service.lastSeenAt) }
  }
  return hosts
}
