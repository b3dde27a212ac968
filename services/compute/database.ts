/** Tables of compute, slice by slice. Each slice's rows are described in its store. */
import type { OutboxTables } from '#core/db/outbox.ts'
import type { OperationTables } from '#core/operations/store.ts'
import type { QuotaTables } from '#core/quota/quota.ts'
import type { CounterRow } from './counters.ts'
import type { FlavorProjectRow, FlavorRow } from './flavors/flavor.store.ts'
import type { KeypairRow } from './keypairs/keypair.store.ts'

export interface ComputeTables extends OperationTables, OutboxTables, QuotaTables {
  flavors: FlavorRow
  flavor_projects: FlavorProjectRow
  keypairs: KeypairRow
  counters: CounterRow
}
