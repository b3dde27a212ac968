/**
 * A network's place on the wire, once it has one: its type and its physical network stay; while no port of it is
 * plugged in anywhere, it may take another identifier.
 */
import type { Item } from '../attributes/attribute.ts'
import type { NetworkContext } from '../context.ts'
import type { NetworkRow } from '../database.ts'
import { invalidInput } from '../errors.ts'
import { countBoundPorts } from '../ports/port.store.ts'
import { deleteSegments } from './network.store.ts'
import { readSegment, takeSegment } from './segments.ts'

const FIXED = { 'provider:network_type': 'network_type', 'provider:physical_network': 'physical_network' } as const

/** What to change in the row. Naming what is so already is no change; null says nothing. */
export async function moveSegment(ctx: NetworkContext, row: NetworkRow, item: Item): Promise<Partial<NetworkRow>> {
  if (Array.isArray(item['segments']) && item['segments'].length > 0) throw invalidInput('Plugin does not support updating provider attributes')
  for (const [attribute, column] of Object.entries(FIXED)) {
    const asked = item[attribute] ?? null
    if (asked !== null && asked !== row[column as 'network_type']) {
      throw invalidInput(`Plugin does not support updating the following provider network attributes: ${Object.keys(FIXED).join(', ')}`)
    }
  }
  const id = item['provider:segmentation_id'] as number | null | undefined
  if (id === undefined || id === null || id === 0) return {}
  if (row.multi_segment === 1) throw invalidInput('Provider network attributes can be updated only in provider networks with a single segment.')
  if ((await countBoundPorts(ctx, row.id)) > 0) {
    throw invalidInput('Provider network attribute provider:segmentation_id cannot be updated if any port in the network has not the following binding:vif_type: unbound, binding_failed')
  }
  if (id === row.segmentation_id) return {}
  const asked = readSegment(ctx, { 'provider:network_type': row.network_type, 'provider:physical_network': row.physical_network, 'provider:segmentation_id': id })
  await deleteSegments(ctx, row.id)
  const taken = await takeSegment(ctx, row.id, 0, asked)
  return { segmentation_id: taken.segmentationId }
}
