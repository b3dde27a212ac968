/** Aggregates are made, renamed, given properties, filled with hosts, emptied and removed. */
import { inTransaction } from '#core/db/database.ts'
import { nowIso } from '#core/time/clock.ts'
import type { ComputeContext } from '../context.ts'
import { errors } from '../errors.ts'
import { getHost } from '../hosts/host.store.ts'
import { syncHostToPlacement } from '../hosts/placement-sync.ts'
import {
  addAggregateHost, deleteAggregate, getAggregate, insertAggregate, removeAggregateHost, updateAggregate, type HostAggregate,
} from './aggregate.store.ts'
import { zoneProblem } from './zone-rules.ts'

async function findAggregate(ctx: ComputeContext, id: string): Promise<HostAggregate | undefined> {
  if (!/^[+-]?\d+$/.test(id)) throw errors.InvalidInput({ reason: 'id must be an integer' })
  return Number.isSafeInteger(Number(id)) ? await getAggregate(ctx, Number(id)) : undefined
}

export async function requireAggregate(ctx: ComputeContext, id: string): Promise<HostAggregate> {
  const aggregate = await findAggregate(ctx, id)
  if (aggregate === undefined) throw errors.AggregateNotFound({ id })
  return aggregate
}

export async function createAggregate(ctx: ComputeContext, name: string, zone: string | null | undefined): Promise<HostAggregate> {
  return await inTransaction(ctx, async (ctx) => {
    const made = await insertAggregate(ctx, name, zone ? { availability_zone: zone } : {})
    if (made === undefined) throw errors.AggregateNameExists({ name })
    return made
  })
}

export async function changeAggregate(ctx: ComputeContext, id: string, change: { name?: string; availability_zone?: string | null }): Promise<HostAggregate> {
  return await inTransaction(ctx, async (ctx) => {
    const aggregate = await requireAggregate(ctx, id)
    const { name, availability_zone: zone } = change
    const problem = await zoneProblem(ctx, { aggregate, zone, hosts: aggregate.hosts, serversStay: true })
    if (problem !== undefined) throw errors.AggregateNotChanged({ id, reason: problem })
    const metadata = zone === undefined ? aggregate.metadata : { ...aggregate.metadata, availability_zone: zone! }
    if (!(await updateAggregate(ctx, aggregate.id, { name: name === aggregate.name ? undefined : name, metadata }))) throw errors.AggregateNameExists({ name: name! })
    return zone === undefined ? await requireAggregate(ctx, id) : await withNewProperties(ctx, id)
  })
}

/** Sets what is given; null takes a property away. */
export async function changeAggregateMetadata(ctx: ComputeContext, id: string, given: Record<string, string | null>): Promise<HostAggregate> {
  return await inTransaction(ctx, async (ctx) => {
    const aggregate = await requireAggregate(ctx, id)
    const problem = await zoneProblem(ctx, { aggregate, zone: given['availability_zone'], hosts: aggregate.hosts, serversStay: true })
    if (problem !== undefined) throw errors.AggregateMetadataNotChanged({ id, reason: problem })
    const kept = Object.entries({ ...aggregate.metadata, ...given }).filter((entry): entry is [string, string] => entry[1] !== null)
    await updateAggregate(ctx, aggregate.id, { metadata: Object.fromEntries(kept) })
    return await withNewProperties(ctx, id)
  })
}

/** The reply to new properties says now; the aggregate itself was not changed, and says so when it is read again. */
async function withNewProperties(ctx: ComputeContext, id: string): Promise<HostAggregate> {
  return { ...await requireAggregate(ctx, id), updated_at: nowIso(ctx.clock) }
}

export async function removeAggregate(ctx: ComputeContext, id: string): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    const aggregate = await requireAggregate(ctx, id)
    if (aggregate.hosts.length > 0) throw errors.AggregateNotEmpty({ id })
    await deleteAggregate(ctx, aggregate.id)
  })
}

export async function addHost(ctx: ComputeContext, id: string, host: string): Promise<HostAggregate> {
  const changed = await inTransaction(ctx, async (ctx) => {
    if (await getHost(ctx, host) === undefined) throw errors.HostNotFound({ host })
    const aggregate = await requireAggregate(ctx, id)
    const problem = await zoneProblem(ctx, { aggregate, zone: aggregate.metadata['availability_zone'], hosts: [host], serversStay: false })
    if (problem !== undefined) throw errors.AggregateHostNotAdded({ id, reason: problem })
    if (!(await addAggregateHost(ctx, aggregate.id, host))) throw errors.AggregateHostExists({ id, host })
    return await requireAggregate(ctx, id)
  })
  await tellPlacement(ctx, host)
  return changed
}

export async function removeHost(ctx: ComputeContext, id: string, host: string): Promise<HostAggregate> {
  const changed = await inTransaction(ctx, async (ctx) => {
    const aggregate = await findAggregate(ctx, id)
    if (aggregate === undefined || !(await removeAggregateHost(ctx, aggregate.id, host))) throw errors.AggregateHostNotRemoved({ id, host })
    return await requireAggregate(ctx, id)
  })
  await tellPlacement(ctx, host)
  return changed
}

/** Placement mirrors aggregates. When it cannot be told now, the hosts reconciler tells it. */
async function tellPlacement(ctx: ComputeContext, host: string): Promise<void> {
  const row = await getHost(ctx, host)
  if (row === undefined) return
  try {
    await syncHostToPlacement(ctx, row)
  } catch (error) {
    ctx.log.warn({ err: error, host }, 'placement could not be told about an aggregate; it is tried again')
    ctx.nudge('hosts')
  }
}
