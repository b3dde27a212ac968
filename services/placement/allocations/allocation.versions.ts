/** How claims and allocations looked in older versions. */
import { Type } from '#core/schema/schema.ts'
import { added, shapeVersions, since } from '#core/versions/versions.ts'
import { ConsumerClaim, ManyClaims, Resources } from './allocation.schema.ts'

type Json = Record<string, unknown>

/** The schema of a claim before it had a field. */
function without(name: string): (claim: Json) => Json {
  return (claim) => {
    const { [name]: _gone, ...properties } = claim['properties'] as Json
    return { ...claim, properties, required: (claim['required'] as string[]).filter((r) => r !== name) }
  }
}

/** Before generations, an empty claim could not be told from a mistake. */
function notEmpty(claim: Json): Json {
  const properties = claim['properties'] as Json
  return { ...claim, properties: { ...properties, allocations: { ...(properties['allocations'] as Json), minProperties: 1 } } }
}

/** What claims gained, version by version. */
export const claimGains = [
  { version: '1.38', older: without('consumer_type') },
  { version: '1.34', older: without('mappings') },
  { version: '1.28', older: without('consumer_generation') },
]

/** Applies a change of the claim's schema to every claim in a map of them. */
export function inEachClaim(change: (claim: Json) => Json): (claims: Json) => Json {
  return (claims) => ({ ...claims, patternProperties: Object.fromEntries(Object.entries(claims['patternProperties'] as Record<string, Json>).map(([k, v]) => [k, change(v)])) })
}

const closed = { additionalProperties: false }
const ListedAllocations = Type.Array(Type.Object({
  resource_provider: Type.Object({ uuid: Type.String({ format: 'uuid' }) }, closed), resources: Resources,
}, closed), { minItems: 1 })

type Listed = { resource_provider: { uuid: string }; resources: Record<string, number> }[]

function keyedByProvider(body: Json): Json {
  const allocations = Object.fromEntries((body['allocations'] as Listed).map((a) => [a.resource_provider.uuid, { resources: a.resources }]))
  return { ...body, allocations }
}

export const claimVersions = shapeVersions({
  request: ConsumerClaim,
  deltas: [
    ...claimGains.map(({ version, older }) => since(version, { olderSchema: older })),
    since('1.28', { olderSchema: notEmpty }),
    since('1.12', { olderSchema: (claim) => ({ ...claim, properties: { ...(claim['properties'] as Json), allocations: ListedAllocations } }), lift: keyedByProvider }),
    since('1.8', { request: added('project_id', 'user_id') }),
  ],
})

export const manyClaimsVersions = shapeVersions({
  request: ManyClaims,
  deltas: claimGains.map(({ version, older }) => since(version, { olderSchema: inEachClaim(older) })),
})

export const consumerAllocationsVersions = shapeVersions({
  deltas: [
    since('1.12', { response: added('project_id', 'user_id') }),
    since('1.28', { response: added('consumer_generation') }),
    since('1.38', { response: added('consumer_type') }),
  ],
})

export const providerAllocationsVersions = shapeVersions({
  deltas: [since('1.28', {
    lower: (body) => ({
      ...body,
      allocations: Object.fromEntries(Object.entries(body['allocations'] as Record<string, Json>).map(([consumer, { resources }]) => [consumer, { resources }])),
    }),
  })],
})

/** Whether a claim must say which generation of the consumer it means to change. */
export function guardsConsumers(version: number): boolean {
  return version >= 28
}
