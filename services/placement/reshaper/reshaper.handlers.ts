/** `POST /reshaper`. */
import type { RouteRequest } from '#core/http/route.ts'
import { readClaim } from '../allocations/read-claim.ts'
import type { PlacementContext } from '../context.ts'
import { reshape } from './reshape.ts'
import type { Reshape } from './reshaper.schema.ts'

export async function reshapeHandler(ctx: PlacementContext, request: RouteRequest<Reshape>): Promise<undefined> {
  const claims = Object.entries(request.body.allocations).map(([consumer, body]) => readClaim(ctx, request.version, consumer, body))
  await reshape(ctx, request.body.inventories, claims)
}
