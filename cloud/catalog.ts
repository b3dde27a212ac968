/**
 * The services a cloud is made of, in one table: where each is, what it is called in the catalog, its usual port.
 * Nothing here runs; `assemble.ts` loads the modules that a process needs.
 */
import type { ServiceDefinition } from '#core/service/service.ts'

export interface CatalogEntry {
  /** Folder under services/. */
  name: string
  /** Type in the identity catalog. */
  type: string
  /** Name in the identity catalog: upstream's project name, which clients print. */
  catalogName: string
  port: number
  /** Path in the catalog's endpoint, after host and port. */
  endpointPath: string
  load: () => Promise<ServiceDefinition>
}

export const SERVICES = [
  { name: 'identity', type: 'identity', catalogName: 'keystone', port: 5000, endpointPath: '/v3', load: async () => (await import('#services/identity/service.ts')).identity as unknown as ServiceDefinition },
  { name: 'image', type: 'image', catalogName: 'glance', port: 9292, endpointPath: '', load: async () => (await import('#services/image/service.ts')).image as unknown as ServiceDefinition },
  { name: 'placement', type: 'placement', catalogName: 'placement', port: 8778, endpointPath: '', load: async () => (await import('#services/placement/service.ts')).placement as unknown as ServiceDefinition },
  { name: 'network', type: 'network', catalogName: 'neutron', port: 9696, endpointPath: '', load: async () => (await import('#services/network/service.ts')).network as unknown as ServiceDefinition },
  { name: 'compute', type: 'compute', catalogName: 'nova', port: 8774, endpointPath: '/v2.1', load: async () => (await import('#services/compute/service.ts')).compute as unknown as ServiceDefinition },
] as const satisfies readonly CatalogEntry[]

export type ServiceName = (typeof SERVICES)[number]['name']

/** Ports besides the services' own. */
const METADATA_PORT = 8775
const METRICS_PORT = 9100
const CONSOLE_PORT = 6080

/** Ports of a cloud: upstream's, or a row from `portBase` on, so that several clouds stand side by side. */
export function portsFor(portBase: number | undefined): Record<ServiceName | 'metadata' | 'metrics' | 'console', number> {
  const names = [...SERVICES.map((s) => s.name), 'metadata', 'metrics', 'console'] as const
  const usual: Record<string, number> = { ...Object.fromEntries(SERVICES.map((s) => [s.name, s.port])), metadata: METADATA_PORT, metrics: METRICS_PORT, console: CONSOLE_PORT }
  return Object.fromEntries(names.map((name, at) => [name, portBase === undefined ? usual[name] : portBase + at])) as never
}
