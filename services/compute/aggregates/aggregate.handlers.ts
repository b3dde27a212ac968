/** Aggregates: list, show, make, change, remove; hosts and properties by action. */
import { authorise } from '#core/http/context.ts'
import type { RouteRequest } from '#core/http/route.ts'
import type { ComputeContext } from '../context.ts'
import { normalName } from '../schema/read-values.ts'
import type { AggregateAction, AggregateCreate, AggregateUpdate } from './aggregate.schema.ts'
import { listAggregatesWithHosts, type HostAggregate } from './aggregate.store.ts'
import { aggregateView } from './aggregate.view.ts'
import { addHost, changeAggregate, changeAggregateMetadata, createAggregate, removeAggregate, removeHost, requireAggregate } from './change-aggregate.ts'

export async function listAggregates(ctx: ComputeContext): Promise<object> {
  return { aggregates: (await listAggregatesWithHosts(ctx)).map(aggregateView) }
}

export async function showAggregate(ctx: ComputeContext, request: RouteRequest): Promise<object> {
  return { aggregate: aggregateView(await requireAggregate(ctx, request.params['id']!)) }
}

/** A new aggregate is shown without what it cannot have yet. */
export async function createAggregateHandler(ctx: ComputeContext, request: RouteRequest<AggregateCreate>): Promise<object> {
  const { name, availability_zone: zone } = request.body.aggregate
  const { hosts: _hosts, metadata: _metadata, ...view } = aggregateView(await createAggregate(ctx, normalName(name), zone))
  return { aggregate: view }
}

export async function updateAggregateHandler(ctx: ComputeContext, request: RouteRequest<AggregateUpdate>): Promise<object> {
  const { name, ...rest } = request.body.aggregate
  const change = { ...rest, ...(name === undefined ? {} : { name: normalName(name) }) }
  return { aggregate: aggregateView(await changeAggregate(ctx, request.params['id']!, change)) }
}

export async function deleteAggregateHandler(ctx: ComputeContext, request: RouteRequest): Promise<undefined> {
  await removeAggregate(ctx, request.params['id']!)
}

export async function aggregateAction(ctx: ComputeContext, request: RouteRequest<AggregateAction>): Promise<object> {
  return { aggregate: aggregateView(await act(ctx, request.params['id']!, request.body)) }
}

async function act(ctx: ComputeContext, id: string, action: AggregateAction): Promise<HostAggregate> {
  if (action.add_host !== undefined) {
    authorise(ctx, 'os_compute_api:os-aggregates:add_host', {})
    return await addHost(ctx, id, action.add_host.host)
  }
  if (action.remove_host !== undefined) {
    authorise(ctx, 'os_compute_api:os-aggregates:remove_host', {})
    return await removeHost(ctx, id, action.remove_host.host)
  }
  authorise(ctx, 'os_compute_api:os-aggregates:set_metadata', {})
  return await changeAggregateMetadata(ctx, id, action.set_metadata!.metadata)
}
