/** What users read when work on a server failed. */
import type { OperationFailure } from '#core/operations/operations.ts'
import { nowIso } from '#core/time/clock.ts'
import type { ComputeContext } from '../context.ts'
import type { ServerFault } from './server.row.ts'

/** The fault of a failed operation: its message for users, details for administrators. */
export function faultOf(ctx: ComputeContext, failure: OperationFailure): string {
  const data = failure.data as { details?: string } | null | undefined
  const fault: ServerFault = {
    code: 500, message: failure.message.slice(0, 255), created: nowIso(ctx.clock),
    details: data?.details ?? `${failure.kind} in step ${failure.step}: ${failure.message}`,
  }
  return JSON.stringify(fault)
}
