/** A flavor as the API shows it, latest. */
import { resourceLinks, type Links } from '../links.ts'
import type { FlavorRow } from './flavor.store.ts'

export function flavorBrief(links: Links, row: FlavorRow): object {
  return { id: row.flavorid, name: row.name, links: resourceLinks(links, 'flavors', row.flavorid), description: row.description }
}

export function flavorDetail(links: Links, row: FlavorRow, withExtraSpecs: boolean): object {
  return {
    id: row.flavorid, name: row.name, ram: row.memory_mb, disk: row.root_gb, swap: row.swap, 'OS-FLV-EXT-DATA:ephemeral': row.ephemeral_gb,
    'OS-FLV-DISABLED:disabled': row.disabled === 1, vcpus: row.vcpus, 'os-flavor-access:is_public': row.is_public === 1, rxtx_factor: row.rxtx_factor,
    links: resourceLinks(links, 'flavors', row.flavorid), description: row.description,
    ...(withExtraSpecs ? { extra_specs: JSON.parse(row.extra_specs) as Record<string, string> } : {}),
  }
}

export function accessView(flavorid: string, projects: string[]): object {
  return { flavor_access: projects.map((tenant) => ({ flavor_id: flavorid, tenant_id: tenant })) }
}
