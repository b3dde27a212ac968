/** Service → API, latest shape; `number` is the id of versions before 2.53 and never shown itself. */
import { isoMicrosNoZone } from '#core/time/clock.ts'
import type { Service } from './services.ts'

export interface ServiceView {
  id: string | number
  binary: string
  host: string
  zone: string
  status: 'enabled' | 'disabled'
  state: 'up' | 'down'
  updated_at: string
  disabled_reason: string | null
  forced_down: boolean
}

export function serviceView(service: Service, uuidIds: boolean): ServiceView {
  return {
    id: uuidIds ? service.id : service.number, binary: service.binary, host: service.host, zone: service.zone,
    status: service.disabled ? 'disabled' : 'enabled', state: service.up ? 'up' : 'down', updated_at: isoMicrosNoZone(service.lastSeenAt),
    disabled_reason: service.disabledReason, forced_down: service.forcedDown,
  }
}
