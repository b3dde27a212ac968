/** Before 1.19 the body was the bare list, and no generation guarded it. */
import { added, shapeVersions, since } from '#core/versions/versions.ts'
import { AggregateList, AggregatesBody } from './aggregate.schema.ts'

export const aggregatesVersions = shapeVersions({
  request: AggregatesBody,
  deltas: [since('1.19', {
    olderSchema: () => AggregateList as never,
    lift: (list) => ({ aggregates: list }),
    response: added('resource_provider_generation'),
  })],
})
