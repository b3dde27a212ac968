/** What must be true of compute beyond its own tables: placement, network and the hosts agree with the servers. */
import type { Check } from '#core/service/explain.ts'
import type { ComputeContext } from '../context.ts'
import { computeOperations } from '../work.ts'
import { claimsCheck } from './claims.ts'
import { partsCheck } from './parts.ts'
import { guestsCheck } from './guests.ts'
import { hostsCheck, inventoriesCheck } from './hosts.ts'
import { portsCheck } from './ports.ts'
import { operationsCheck, stuckCheck } from './work.ts'

/** Work first: what it sets free, the others can mend. */
export const computeChecks: readonly Check<ComputeContext>[] = [
  operationsCheck(computeOperations.map((operation) => (operation as { name: string }).name)), stuckCheck, hostsCheck, inventoriesCheck, claimsCheck, portsCheck, guestsCheck, partsCheck,
]
