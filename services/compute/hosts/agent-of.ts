/** Calls to the agent of a host, and what its failures mean. */
import { agentClient, BusTimeout, type VerbsOf } from '#core/agents/contract.ts'
import { RemoteError } from '#core/bus/bus.ts'
import { computeAgentContract } from '../agent/compute-agent.contract.ts'
import type { ComputeContext } from '../context.ts'

export type ComputeAgentVerbs = VerbsOf<typeof computeAgentContract>

export function agentOf(ctx: Pick<ComputeContext, 'bus'>, host: string): ComputeAgentVerbs {
  return agentClient(ctx.bus, computeAgentContract, host)
}

/** Refusals that another host would repeat: they lie in the request, not in the host. */
const NOT_THE_HOST = new Set(['ImageUnacceptable', 'FlavorDiskTooSmall', 'Interrupted', 'ContractBroken'])

/** True when the host failed, so that another may do better. */
export function isHostFault(error: unknown): boolean {
  if (error instanceof BusTimeout) return true
  return error instanceof RemoteError && !NOT_THE_HOST.has(error.kind)
}

export function isNoSuchGuest(error: unknown): boolean {
  return error instanceof RemoteError && error.kind === 'ServerNotFound'
}

export { BusTimeout, RemoteError }
