/** A claim as the client says it → as it is written. Clients too old to name a project claim for nobody's. */
import type { PlacementContext } from '../context.ts'
import type { ConsumerClaim } from './allocation.schema.ts'
import { guardsConsumers } from './allocation.versions.ts'
import type { Claim } from './write-allocations.ts'

export function readClaim(ctx: PlacementContext, version: number, consumer: string, body: ConsumerClaim): Claim {
  return {
    consumer, consumerType: body.consumer_type, allocations: body.allocations,
    projectId: body.project_id ?? ctx.config.incompleteConsumerProjectId,
    userId: body.user_id ?? ctx.config.incompleteConsumerUserId,
    generation: guardsConsumers(version) ? body.consumer_generation : undefined,
  }
}
