/** How providers looked in older versions. */
import { added, shapeVersions, since, type Delta } from '#core/versions/versions.ts'
import { ProviderCreate, ProviderQuery, ProviderUpdate, type ProviderView } from './provider.schema.ts'

type Json = Record<string, unknown>

/** The deltas of replies; `each` applies one to every provider in a body, `at` is the path to them. */
function replies(at: string, each: (body: Json, change: (view: ProviderView) => ProviderView) => Json): Delta[] {
  const gainedLink = (version: string, rel: string): Delta =>
    since(version, { lower: (body) => each(body, (view) => ({ ...view, links: view.links.filter((link) => link.rel !== rel) })) })
  return [
    gainedLink('1.1', 'aggregates'),
    gainedLink('1.6', 'traits'),
    gainedLink('1.11', 'allocations'),
    since('1.14', { response: added(`${at}parent_provider_uuid`, `${at}root_provider_uuid`) }),
  ]
}

const one = replies('', (body, change) => change(body as unknown as ProviderView) as unknown as Json)
const parent = since('1.14', { request: added('parent_provider_uuid') })

export const providerVersions = shapeVersions({ deltas: one })
export const providerCreateVersions = shapeVersions({ request: ProviderCreate, deltas: [parent, ...one] })
export const providerUpdateVersions = shapeVersions({ request: ProviderUpdate, deltas: [parent, ...one] })
export const providerListVersions = shapeVersions({
  deltas: replies('resource_providers[].', (body, change) => ({ resource_providers: (body['resource_providers'] as ProviderView[]).map(change) })),
})
export const providerQueryVersions = shapeVersions({
  request: ProviderQuery,
  deltas: [
    since('1.3', { request: added('member_of') }),
    since('1.4', { request: added('resources') }),
    since('1.14', { request: added('in_tree') }),
    since('1.18', { request: added('required') }),
  ],
})

/** Whether a provider may be given another parent, or none, once it has one. */
export function allowsReparenting(version: number): boolean {
  return version >= 37
}
