/** Aggregates of hosts. */
import { inHandler, route } from '#core/http/route.ts'
import {
  aggregateAction, createAggregateHandler, deleteAggregateHandler, listAggregates, showAggregate, updateAggregateHandler,
} from './aggregate.handlers.ts'
import { AggregateAction, AggregateCreate, AggregateImages, AggregateUpdate } from './aggregate.schema.ts'
import { cacheAggregateImages } from './cache-images.ts'
import { aggregateListVersions, aggregateVersions } from './aggregate.versions.ts'

const RULE = 'os_compute_api:os-aggregates'
const response = aggregateVersions

export const aggregateRoutes = [
  route('GET', '/v2.1/os-aggregates', listAggregates, { policy: `${RULE}:index`, response: aggregateListVersions }),
  route('POST', '/v2.1/os-aggregates', createAggregateHandler, { policy: `${RULE}:create`, body: AggregateCreate, response }),
  route('GET', '/v2.1/os-aggregates/:id', showAggregate, { policy: `${RULE}:show`, response }),
  route('PUT', '/v2.1/os-aggregates/:id', updateAggregateHandler, { policy: `${RULE}:update`, body: AggregateUpdate, response }),
  route('DELETE', '/v2.1/os-aggregates/:id', deleteAggregateHandler, { policy: `${RULE}:delete` }),
  route('POST', '/v2.1/os-aggregates/:id/images', cacheAggregateImages, { policy: 'compute:aggregates:images', body: AggregateImages, status: 202, versions: '2.81-' }),
  route('POST', '/v2.1/os-aggregates/:id/action', aggregateAction, {
    policy: inHandler(`${RULE}:add_host`, `${RULE}:remove_host`, `${RULE}:set_metadata`), body: AggregateAction, response,
  }),
]
