/** Regions, services and endpoints as the API shows them. */
import { fromJson } from '#core/db/json.ts'
import type { EndpointRow, RegionRow, ServiceRow } from '../database.ts'

type Json = Record<string, unknown>

export function regionView(row: RegionRow): Json {
  return { ...fromJson<Json>(row.extra, {}), id: row.id, description: row.description, parent_region_id: row.parent_region_id }
}

export function serviceView(row: ServiceRow): Json {
  return { ...fromJson<Json>(row.extra, {}), id: row.id, type: row.type, enabled: row.enabled === 1, ...(row.name === null ? {} : { name: row.name }) }
}

export function endpointView(row: EndpointRow): Json {
  return {
    ...fromJson<Json>(row.extra, {}), id: row.id, interface: row.interface, region_id: row.region_id, region: row.region_id, service_id: row.service_id, url: row.url, enabled: row.enabled === 1,
  }
}

export function endpointPath(endpoint: Json): string {
  return `endpoints/${String(endpoint['id'])}`
}
