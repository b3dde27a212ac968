/** A host for a server and room on it: what building and unshelving begin with, and what they leave out when they begin anew. */
import { NeighbourError } from '#core/clients/neighbour.ts'
import { explainError } from '#core/errors/errors.ts'
import { StepFailed } from '#core/operations/define.ts'
import type { ComputeContext } from '../context.ts'
import type { Destination } from '../servers/create-server.operation.ts'
import type { ServerRow } from '../servers/server.row.ts'
import { allRefusals, noValidHost } from './explanation.ts'
import { schedule } from './scheduler.ts'
import { schedulingRequest } from './scheduling-request.ts'

/** The result of the step `select-host`. */
export interface Chosen { host: string; node: string; zone: string; allocations: Record<string, { resources: Record<string, number> }>; failedBuilds: number }

/** Host → why it failed, in what an operation carries from one attempt to the next. */
export function excludedHosts(carried: Record<string, unknown>): Record<string, string> {
  return (carried['excluded'] ?? {}) as Record<string, string>
}

/** Fails with `NoValidHost` and every host's refusal. */
export async function chooseHost(ctx: ComputeContext, server: ServerRow, destination: Destination, excluded: Record<string, string>): Promise<Chosen> {
  const { candidate, explanation } = await schedule(ctx, await schedulingRequest(ctx, server, destination, excluded))
  if (candidate === null) throw new StepFailed('NoValidHost', noValidHost(explanation), { data: { details: allRefusals(explanation), explanation } })
  return { host: candidate.host, node: candidate.node, zone: candidate.zone, allocations: candidate.allocation.allocations, failedBuilds: candidate.failedBuilds }
}

/** Fails with `ClaimLost` when another server was faster: the host is as good as before, only full. */
export async function claimRoom(ctx: ComputeContext, server: ServerRow, chosen: Chosen): Promise<void> {
  try {
    await ctx.clients.placement.putAllocations(ctx, server.id, { allocations: chosen.allocations, projectId: server.project_id, userId: server.user_id })
  } catch (error) {
    if (error instanceof NeighbourError && error.status === 409) throw new StepFailed('ClaimLost', `another server took the room on ${chosen.host}`, { cause: error })
    throw error
  }
}

/** What the next attempt carries: the host that failed is left out, unless it was just full. */
export function leaveOutHost({ results, carried, error }: { results: Record<string, unknown>; carried: Record<string, unknown>; error: unknown }): Record<string, unknown> {
  if ((error as Error).name === 'ClaimLost') return {}
  return { excluded: { ...excludedHosts(carried), [(results['select-host'] as Chosen).host]: explainError(error) } }
}
