/**
 * Segments: what a network is on the wire. A flat network takes a whole physical network, a VLAN network one tag of
 * it, a VXLAN network an identifier of the overlay; a local one never leaves its host. A taken segment is a row with
 * a unique key, so two requests cannot both have it.
 */
import { errors, invalidInput } from '../errors.ts'
import { readInteger } from '../attributes/convert.ts'
import { isDict } from '../attributes/validate.ts'
import type { Item } from '../attributes/attribute.ts'
import type { NetworkContext } from '../context.ts'
import { insertSegment, segmentationIdsInUse } from './network.store.ts'

export interface Segment { networkType: string; physicalNetwork: string | null; segmentationId: number | null }

const OVERHEAD = { vxlan: 50, vlan: 0, flat: 0, local: 0 } as const
export type NetworkType = keyof typeof OVERHEAD

const PROVIDER = ['provider:network_type', 'provider:physical_network', 'provider:segmentation_id'] as const

/** The segments a request names; undefined leaves the choice to us. */
export function askedSegments(ctx: NetworkContext, item: Item): Segment[] | undefined {
  const segments = item['segments']
  if (PROVIDER.some((a) => isSet(item[a]))) {
    if (isSet(segments)) throw errors.SegmentsSetInConjunctionWithProviders()
    return [readSegment(ctx, item)]
  }
  if (!isSet(segments) || (segments as Item[]).length === 0) return undefined
  const read = (segments as Item[]).map((s) => readSegment(ctx, s))
  const full = read.filter((s) => s.networkType === 'flat' || s.segmentationId !== null).map((s) => JSON.stringify(s))
  if (new Set(full).size < full.length) throw errors.SegmentsContainDuplicateEntry()
  return read
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null
}

/** Why `segments` cannot be read; its items are dictionaries of provider attributes. */
export function segmentsFault(value: unknown): string | undefined {
  if (!Array.isArray(value) || !value.every(isDict)) return 'segments must be a list of dictionaries'
  for (const segment of value as Item[]) {
    const unknown = Object.keys(segment).filter((k) => !(PROVIDER as readonly string[]).includes(k))
    if (unknown.length > 0) return `Unrecognized attribute(s) '${unknown.join(', ')}'`
  }
  return undefined
}

export function readSegment(ctx: NetworkContext, item: Item): Segment {
  const type = item['provider:network_type']
  if (!isSet(type)) throw invalidInput('network_type required')
  if (typeof type !== 'string' || !Object.hasOwn(OVERHEAD, type)) throw invalidInput(`network_type value '${String(type)}' not supported`)
  const physical = item['provider:physical_network']
  const segment: Segment = {
    networkType: type, physicalNetwork: isSet(physical) ? String(physical) : null,
    segmentationId: isSet(item['provider:segmentation_id']) ? (readInteger(item['provider:segmentation_id']) ?? Number.NaN) : null,
  }
  CHECKS[type as NetworkType](ctx, segment)
  return segment
}

const CHECKS: Record<NetworkType, (ctx: NetworkContext, segment: Segment) => void> = {
  flat(ctx, { physicalNetwork, segmentationId }) {
    if (physicalNetwork === null || physicalNetwork === '') throw invalidInput('physical_network required for flat provider network')
    if (!ctx.config.physicalNetworks.includes(physicalNetwork)) throw invalidInput(`physical_network '${physicalNetwork}' unknown for flat provider network`)
    if (segmentationId !== null) throw invalidInput('segmentation_id prohibited for flat provider network')
  },
  vlan(ctx, { physicalNetwork, segmentationId }) {
    if (physicalNetwork === null && segmentationId !== null) throw invalidInput('segmentation_id requires physical_network for VLAN provider network')
    if (physicalNetwork !== null && !vlanRanges(ctx).some((r) => r.physicalNetwork === physicalNetwork)) {
      throw invalidInput(`physical_network '${physicalNetwork}' unknown for VLAN provider network`)
    }
    if (segmentationId !== null && !(segmentationId >= 1 && segmentationId <= 4094)) throw invalidInput('segmentation_id out of range (1 through 4094)')
  },
  vxlan(_ctx, { physicalNetwork, segmentationId }) {
    if (physicalNetwork !== null && physicalNetwork !== '') throw invalidInput('provider:physical_network specified for vxlan network')
    if (segmentationId !== null && !(segmentationId >= 1 && segmentationId <= 16_777_215)) throw invalidInput('segmentation_id out of range (1 through 16777215)')
  },
  local(_ctx, { physicalNetwork, segmentationId }) {
    if (physicalNetwork !== null && physicalNetwork !== '') throw invalidInput('physical_network prohibited for local provider network')
    if (segmentationId !== null) throw invalidInput('segmentation_id prohibited for local provider network')
  },
}

interface IdRange { physicalNetwork: string | null; first: number; last: number }

function vlanRanges(ctx: NetworkContext): IdRange[] {
  return ctx.config.vlanRanges.map((text) => {
    const [physicalNetwork = '', first, last] = text.split(':')
    return { physicalNetwork, first: Number(first ?? 1), last: Number(last ?? 4094) }
  })
}

function rangesFor(ctx: NetworkContext, type: string, physicalNetwork: string | null): IdRange[] {
  if (type === 'vlan') return vlanRanges(ctx).filter((r) => physicalNetwork === null || r.physicalNetwork === physicalNetwork)
  const [first, last] = ctx.config.vxlanRange.split(':').map(Number) as [number, number]
  return [{ physicalNetwork: null, first, last }]
}

/** Largest packet a network of this type can carry. */
export function maxMtu(ctx: NetworkContext, networkType: string): number {
  return ctx.config.globalMtu - OVERHEAD[networkType as NetworkType]
}

/** Takes what was asked for, filling in an identifier where none was named. */
export async function takeSegment(ctx: NetworkContext, networkId: string, position: number, asked: Segment): Promise<Segment> {
  if (asked.networkType === 'local') return await claimed(ctx, networkId, position, asked) ?? fail(asked)
  if (asked.networkType === 'flat' || asked.segmentationId !== null) return await claimed(ctx, networkId, position, asked) ?? fail(asked)
  return await takeAnyId(ctx, networkId, position, asked)
}

/** Takes the first type of the configured ones that has something left. */
export async function takeProjectSegment(ctx: NetworkContext, networkId: string): Promise<Segment> {
  for (const networkType of ctx.config.projectNetworkTypes) {
    try {
      return await takeSegment(ctx, networkId, 0, { networkType, physicalNetwork: null, segmentationId: null })
    } catch (error) {
      if ((error as { code?: string }).code !== 'NoNetworkAvailable') throw error
    }
  }
  throw errors.NoNetworkAvailable()
}

async function takeAnyId(ctx: NetworkContext, networkId: string, position: number, asked: Segment): Promise<Segment> {
  for (const range of rangesFor(ctx, asked.networkType, asked.physicalNetwork)) {
    const segment = (id: number): Segment => ({ networkType: asked.networkType, physicalNetwork: range.physicalNetwork, segmentationId: id })
    const width = range.last - range.first + 1
    for (let attempt = 0; attempt < 8; attempt += 1) {
      const taken = await claimed(ctx, networkId, position, segment(range.first + Math.floor(Math.random() * width)))
      if (taken !== undefined) return taken
    }
    // Nearly full: look for what is left.
    const used = await segmentationIdsInUse(ctx, asked.networkType, range.physicalNetwork)
    for (let id = range.first; id <= range.last; id += 1) {
      const taken = used.has(id) ? undefined : await claimed(ctx, networkId, position, segment(id))
      if (taken !== undefined) return taken
    }
  }
  throw errors.NoNetworkAvailable()
}

async function claimed(ctx: NetworkContext, networkId: string, position: number, segment: Segment): Promise<Segment | undefined> {
  const { networkType, physicalNetwork, segmentationId } = segment
  const key = networkType === 'local' ? `local:${networkId}:${position}` : [networkType, physicalNetwork, segmentationId].filter((p) => p !== null).join(':')
  const row = { id: ctx.ids.uuid(), network_id: networkId, position, network_type: networkType, physical_network: physicalNetwork, segmentation_id: segmentationId, segment_key: key }
  return (await insertSegment(ctx, row)) ? segment : undefined
}

function fail(segment: Segment): never {
  if (segment.networkType === 'flat') throw errors.FlatNetworkInUse({ physicalNetwork: segment.physicalNetwork! })
  if (segment.networkType === 'vlan') throw errors.VlanIdInUse({ vlanId: segment.segmentationId!, physicalNetwork: segment.physicalNetwork! })
  throw errors.TunnelIdInUse({ tunnelId: segment.segmentationId ?? '' })
}
