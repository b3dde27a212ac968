/** Tables of compute, slice by slice. Each slice's rows are described in its store. */
import type { OutboxTables } from '#core/db/outbox.ts'
import type { OperationTables } from '#core/operations/store.ts'
import type { QuotaTables } from '#core/quota/quota.ts'
import type { AggregateHostRow, AggregateRow } from './aggregates/aggregate.store.ts'
import type { ControlServiceRow } from './compute-services/service.store.ts'
import type { CounterRow } from './counter.store.ts'
import type { FlavorProjectRow, FlavorRow } from './flavors/flavor.store.ts'
import type { HostRow } from './hosts/host.store.ts'
import type { KeypairRow } from './keypairs/keypair.store.ts'
import type { QuotaClassRow, UserQuotaRow } from './quotas/quota.store.ts'
import type { ServerGroupRow } from './server-groups/server-group.store.ts'
import type { ServerMigrationRow } from './server-migrations/server-migration.store.ts'
import type { ConsoleTokenRow } from './servers/console-token.store.ts'
import type { ServerRow } from './servers/server.row.ts'

export interface ComputeTables extends OperationTables, OutboxTables, QuotaTables {
  flavors: FlavorRow
  flavor_projects: FlavorProjectRow
  keypairs: KeypairRow
  counters: CounterRow
  hosts: HostRow
  aggregates: AggregateRow
  aggregate_hosts: AggregateHostRow
  server_groups: ServerGroupRow
  control_services: ControlServiceRow
  user_quotas: UserQuotaRow
  quota_classes: QuotaClassRow
  server_migrations: ServerMigrationRow
  servers: ServerRow
  console_tokens: ConsoleTokenRow
}
