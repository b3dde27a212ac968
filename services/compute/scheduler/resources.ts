/** What a server needs of placement: amounts by class and traits, from flavor, extra specs and image. */
import type { EmbeddedFlavor, ImageMeta } from '../servers/server.row.ts'

type Query = Record<string, string | string[]>

/** `VCPU`, `MEMORY_MB` and `DISK_GB`, and what `resources:<class>` says instead. 0 takes a class away. */
export function resourcesOf(flavor: EmbeddedFlavor): Record<string, number> {
  const resources: Record<string, number> = { VCPU: flavor.vcpus, MEMORY_MB: flavor.ram, DISK_GB: flavor.disk + flavor.ephemeral + Math.ceil(flavor.swap / 1024) }
  for (const [key, value] of Object.entries(flavor.extra_specs)) {
    const name = /^resources:([A-Z0-9_]+)$/.exec(key)?.[1]
    if (name !== undefined && /^\d+$/.test(value)) resources[name] = Number(value)
  }
  return Object.fromEntries(Object.entries(resources).filter(([, amount]) => amount > 0))
}

/** The query for allocation candidates, groups of extra specs (`resources1`, `trait1`) included. */
export function candidateQuery(flavor: EmbeddedFlavor, image: ImageMeta, limit: number): Query {
  const amounts = new Map<string, string[]>([['', Object.entries(resourcesOf(flavor)).map(([name, amount]) => `${name}:${amount}`)]])
  const traits = new Map<string, string[]>()
  const put = (into: Map<string, string[]>, group: string, entry: string): void => { into.set(group, [...(into.get(group) ?? []), entry]) }
  for (const [key, value] of [...Object.entries(flavor.extra_specs), ...Object.entries(image.properties)]) {
    const amount = /^resources([a-zA-Z0-9_-]+):([A-Z0-9_]+)$/.exec(key)
    if (amount !== null && /^\d+$/.test(value)) put(amounts, amount[1]!, `${amount[2]}:${value}`)
    const trait = /^trait([a-zA-Z0-9_-]*):([A-Z0-9_]+)$/.exec(key)
    if (trait !== null && (value === 'required' || value === 'forbidden')) put(traits, trait[1]!, value === 'required' ? trait[2]! : `!${trait[2]}`)
  }
  const query: Query = { limit: String(limit) }
  for (const [group, entries] of amounts) if (entries.length > 0) query[`resources${group}`] = entries.join(',')
  for (const [group, entries] of traits) query[`required${group}`] = [...new Set(entries)].join(',')
  const policy = flavor.extra_specs['group_policy']
  if (amounts.size > 1) query['group_policy'] = policy ?? 'none'
  return query
}
