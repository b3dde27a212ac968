/** Row → API. Links are paths without host: placement need not know where it is reached. */
import type { ProviderTable } from '../database.ts'
import type { ProviderView } from './provider.schema.ts'

const RELATED = ['inventories', 'usages', 'aggregates', 'traits', 'allocations']

export function providerPath(uuid: string): string {
  return `/resource_providers/${uuid}`
}

export function providerView(row: ProviderTable): ProviderView {
  const path = providerPath(row.uuid)
  return {
    uuid: row.uuid, name: row.name, generation: row.generation, parent_provider_uuid: row.parent_uuid, root_provider_uuid: row.root_uuid,
    links: [{ rel: 'self', href: path }, ...RELATED.map((rel) => ({ rel, href: `${path}/${rel}` }))],
  }
}
