/**
 * The two tables of an operation: what it is and how far it got (`operations`), and the story of each step
 * (`operation_steps`). Both live in the service's own database. A runner holds an operation by a lease; losing the
 * lease (a crash) lets another take over.
 */
import { sql, type Kysely } from 'kysely'
import type { NamedMigration } from '#core/db/database.ts'
import { prepared, type ValueOf } from '#core/db/prepared.ts'

export type OperationState = 'running' | 'unwinding' | 'done' | 'failed' | 'cancelled'

export interface OperationRow {
  id: string
  name: string
  version: number
  state: OperationState
  resource_type: string
  resource_id: string
  request_id: string
  user_id: string
  project_id: string | null
  /** Who asked (never a token): the identity as JSON. */
  identity: string
  input: string
  results: string
  carried: string
  /** Names of steps done, in order, as JSON. */
  done_steps: string
  /** The step under way, when it first began, and how often it was tried. */
  current_step: string | null
  step_started_at: string | null
  tries: number
  /** Times the operation went back and forward again. */
  attempts: number
  /** Unwind down to this step and go forward again; null unwinds all. */
  unwind_to: string | null
  failure: string | null
  cancel_requested: number
  lease_owner: string | null
  lease_until: string | null
  not_before: string | null
  created_at: string
  updated_at: string
  finished_at: string | null
}

export interface OperationStepRow {
  id: string
  operation_id: string
  step: string
  /** `do` or `undo`. */
  direction: string
  outcome: string
  message: string | null
  started_at: string
  finished_at: string
}

export interface OperationTables { operations: OperationRow; operation_steps: OperationStepRow }

export const operationsMigration: NamedMigration = {
  name: '0000-operations',
  async up(db: Kysely<unknown>) {
    const long = sql`longtext`
    await db.schema.createTable('operations')
      .addColumn('id', 'varchar(36)', (c) => c.primaryKey())
      .addColumn('name', 'varchar(128)', (c) => c.notNull())
      .addColumn('version', 'integer', (c) => c.notNull())
      .addColumn('state', 'varchar(16)', (c) => c.notNull())
      .addColumn('resource_type', 'varchar(64)', (c) => c.notNull())
      .addColumn('resource_id', 'varchar(64)', (c) => c.notNull())
      .addColumn('request_id', 'varchar(64)', (c) => c.notNull())
      .addColumn('user_id', 'varchar(64)', (c) => c.notNull())
      .addColumn('project_id', 'varchar(64)')
      .addColumn('identity', long, (c) => c.notNull())
      .addColumn('input', long, (c) => c.notNull())
      .addColumn('results', long, (c) => c.notNull())
      .addColumn('carried', long, (c) => c.notNull())
      .addColumn('done_steps', long, (c) => c.notNull())
      .addColumn('current_step', 'varchar(128)')
      .addColumn('step_started_at', 'varchar(32)')
      .addColumn('tries', 'integer', (c) => c.notNull())
      .addColumn('attempts', 'integer', (c) => c.notNull())
      .addColumn('unwind_to', 'varchar(128)')
      .addColumn('failure', long)
      .addColumn('cancel_requested', 'integer', (c) => c.notNull())
      .addColumn('lease_owner', 'varchar(64)')
      .addColumn('lease_until', 'varchar(32)')
      .addColumn('not_before', 'varchar(32)')
      .addColumn('created_at', 'varchar(32)', (c) => c.notNull())
      .addColumn('updated_at', 'varchar(32)', (c) => c.notNull())
      .addColumn('finished_at', 'varchar(32)')
      .execute()
    await db.schema.createIndex('operations_state').on('operations').columns(['state', 'lease_until']).execute()
    await db.schema.createIndex('operations_resource').on('operations').columns(['resource_id', 'created_at']).execute()
    await db.schema.createIndex('operations_request').on('operations').column('request_id').execute()
    await db.schema.createTable('operation_steps')
      .addColumn('id', 'varchar(64)', (c) => c.primaryKey())
      .addColumn('operation_id', 'varchar(36)', (c) => c.notNull())
      .addColumn('step', 'varchar(128)', (c) => c.notNull())
      .addColumn('direction', 'varchar(8)', (c) => c.notNull())
      .addColumn('outcome', 'varchar(16)', (c) => c.notNull())
      .addColumn('message', long)
      .addColumn('started_at', 'varchar(32)', (c) => c.notNull())
      .addColumn('finished_at', 'varchar(32)', (c) => c.notNull())
      .execute()
    await db.schema.createIndex('operation_steps_operation').on('operation_steps').columns(['operation_id', 'id']).execute()
  },
}

type Db = Kysely<OperationTables>
export const UNFINISHED: OperationState[] = ['running', 'unwinding']

const COLUMNS = ['id', 'name', 'version', 'state', 'resource_type', 'resource_id', 'request_id', 'user_id', 'project_id', 'identity', 'input', 'results', 'carried', 'done_steps', 'current_step',
  'step_started_at', 'tries', 'attempts', 'unwind_to', 'failure', 'cancel_requested', 'lease_owner', 'lease_until', 'not_before', 'created_at', 'updated_at', 'finished_at'] as const satisfies readonly (keyof OperationRow)[]
const STEP_COLUMNS = ['id', 'operation_id', 'step', 'direction', 'outcome', 'message', 'started_at', 'finished_at'] as const satisfies readonly (keyof OperationStepRow)[]

function slots(columns: readonly string[], value: ValueOf): never {
  return Object.fromEntries(columns.map((name) => [name, value(name)])) as never
}

const insertRow = prepared((db: Db, value) => db.insertInto('operations').values(slots(COLUMNS, value)))
const insertStepRow = prepared((db: Db, value) => db.insertInto('operation_steps').values(slots(STEP_COLUMNS, value)))
const operationById = prepared((db: Db, value) => db.selectFrom('operations').selectAll().where('id', '=', value('id')))
const leaseById = prepared((db: Db, value) => db.updateTable('operations').set({ lease_owner: value('owner'), lease_until: value('until') })
  .where('id', '=', value('id')).where('state', 'in', UNFINISHED)
  .where((eb) => eb.or([eb('lease_until', 'is', null), eb('lease_until', '<', value('now')), eb('lease_owner', '=', value('owner'))])))
interface Progress { columns: readonly string[]; unlessCancelled: boolean }
const progressById = prepared((db: Db, value, { columns, unlessCancelled }: Progress) => {
  const query = db.updateTable('operations').set(slots(columns, value)).where('id', '=', value('own id')).where('lease_owner', '=', value('own lease'))
  return unlessCancelled ? query.where('cancel_requested', '=', 0) : query
})
const cancelById = prepared((db: Db, value) => db.selectFrom('operations').select('cancel_requested').where('id', '=', value('id')))

export async function insertOperation(db: Db, row: OperationRow): Promise<void> {
  await insertRow(db, { ...row })
}

/** Adds to the story of an operation. */
export async function insertStep(db: Db, row: OperationStepRow): Promise<void> {
  await insertStepRow(db, { ...row })
}

export async function getOperation(db: Db, id: string): Promise<OperationRow | undefined> {
  return (await operationById(db, { id })).rows[0]
}

/** Whether something newer asked it to stop. */
export async function isCancelled(db: Db, id: string): Promise<boolean> {
  return (await cancelById(db, { id })).rows[0]?.cancel_requested === 1
}

/** Operations of a resource, oldest first: the source of action logs and stories. */
export async function listOperations(db: Db, where: { resourceId?: string; requestId?: string; unfinished?: boolean }): Promise<OperationRow[]> {
  let query = db.selectFrom('operations').selectAll().orderBy('created_at').orderBy('id')
  if (where.resourceId !== undefined) query = query.where('resource_id', '=', where.resourceId)
  if (where.requestId !== undefined) query = query.where('request_id', '=', where.requestId)
  if (where.unfinished === true) query = query.where('state', 'in', UNFINISHED)
  return await query.execute()
}

export async function listSteps(db: Db, operationIds: string[]): Promise<OperationStepRow[]> {
  if (operationIds.length === 0) return []
  return await db.selectFrom('operation_steps').selectAll().where('operation_id', 'in', operationIds).orderBy('id').execute()
}

/** Operations that nobody holds and that may start now. */
export async function claimable(db: Db, now: string, limit: number): Promise<string[]> {
  const rows = await db.selectFrom('operations').select('id').where('state', 'in', UNFINISHED)
    .where((eb) => eb.or([eb('lease_until', 'is', null), eb('lease_until', '<', now)]))
    .where((eb) => eb.or([eb('not_before', 'is', null), eb('not_before', '<=', now)]))
    .orderBy('created_at').limit(limit).execute()
  return rows.map((r) => r.id)
}

/** Takes the lease if nobody has it; answers whether it did. */
export async function takeLease(db: Db, id: string, owner: string, now: string, until: string): Promise<boolean> {
  return ((await leaseById(db, { id, owner, now, until })).numAffectedRows ?? 0n) > 0n
}

export async function renewLeases(db: Db, owner: string, until: string): Promise<void> {
  await db.updateTable('operations').set({ lease_until: until }).where('lease_owner', '=', owner).where('state', 'in', UNFINISHED).execute()
}

/** Gives up every lease of owners that are known to be gone (a single process that starts anew). */
export async function dropAllLeases(db: Db): Promise<void> {
  await db.updateTable('operations').set({ lease_owner: null, lease_until: null }).where('state', 'in', UNFINISHED).execute()
}

/** Writes progress; false when the lease was lost to another runner or, `unlessCancelled`, it was asked to stop. */
export async function saveProgress(db: Db, id: string, owner: string, set: Partial<OperationRow>, unlessCancelled = false): Promise<boolean> {
  const columns = Object.keys(set).filter((name) => set[name as keyof OperationRow] !== undefined)
  const result = await progressById(db, { ...set, 'own id': id, 'own lease': owner }, `${unlessCancelled} ${columns.join()}`, { columns, unlessCancelled })
  return (result.numAffectedRows ?? 0n) > 0n
}

export async function requestCancel(db: Db, resourceId: string, except: string | undefined): Promise<string[]> {
  let query = db.selectFrom('operations').select('id').where('resource_id', '=', resourceId).where('state', 'in', UNFINISHED)
  if (except !== undefined) query = query.where('id', '!=', except)
  const ids = (await query.execute()).map((r) => r.id)
  if (ids.length > 0) await db.updateTable('operations').set({ cancel_requested: 1 }).where('id', 'in', ids).execute()
  return ids
}
