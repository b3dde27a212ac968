/** An endpoint group as the API shows it. */
import { fromJson } from '#core/db/json.ts'
import type { EndpointGroupRow } from '../database.ts'

export type EndpointFilters = Partial<Record<'service_id' | 'region_id' | 'interface', unknown>>

export function filtersOf(row: Pick<EndpointGroupRow, 'filters'>): EndpointFilters {
  return fromJson<EndpointFilters>(row.filters, {})
}

export function groupView(row: EndpointGroupRow): Record<string, unknown> {
  return { id: row.id, name: row.name, description: row.description, filters: filtersOf(row) }
}

export function groupPath(group: Record<string, unknown>): string {
  return `OS-EP-FILTER/endpoint_groups/${String(group['id'])}`
}
