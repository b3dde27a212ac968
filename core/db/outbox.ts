/**
 * The outbox: an event is a row written in the transaction of the change it tells of, so change and event commit
 * together. A relay sends rows as bus fan-outs and deletes them; a crash between the two sends one twice, which
 * listeners must bear.
 */
import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { Bus } from '#core/bus/bus.ts'
import type { Log } from '#core/log/log.ts'
import { afterCommit, type NamedMigration } from './database.ts'
import { prepared } from './prepared.ts'

export interface OutboxTable { id: string; topic: string; message: string }
export interface OutboxTables { outbox: OutboxTable }

export const outboxMigration: NamedMigration = {
  name: '0000-outbox',
  async up(db: Kysely<unknown>) {
    // Text ids that grow with time: both engines order them alike, and no auto-increment dialect is needed.
    await db.schema.createTable('outbox')
      .addColumn('id', 'varchar(64)', (c) => c.primaryKey())
      .addColumn('topic', 'varchar(128)', (c) => c.notNull())
      .addColumn('message', sql`longtext`, (c) => c.notNull())
      .execute()
  },
}

interface EmitContext { db: object; clock: { now(): number }; ids: { hex(): string }; nudge: (reconciler: string) => void }

const insertEvent = prepared((db: Kysely<OutboxTables>, value) => db.insertInto('outbox').values({ id: value('id'), topic: value('topic'), message: value('message') }))
const oldestEvents = prepared((db: Kysely<OutboxTables>) => db.selectFrom('outbox').selectAll().orderBy('id').limit(200))

let sequence = 0

/** Writes an event into the outbox of the current transaction. */
export async function emit(ctx: EmitContext, topic: string, message: unknown): Promise<void> {
  sequence = (sequence + 1) % 1_000_000
  const id = `${String(ctx.clock.now()).padStart(15, '0')}-${String(sequence).padStart(6, '0')}-${ctx.ids.hex().slice(0, 8)}`
  await insertEvent(ctx.db, { id, topic, message: JSON.stringify(message) })
  const { nudge } = ctx
  afterCommit(() => nudge('outbox'))
}

/** Sends what waits, oldest first; answers how many. */
export async function relayOutbox(db: object, bus: Bus, log: Log): Promise<number> {
  const handle = db as unknown as Kysely<OutboxTables>
  let sent = 0
  for (;;) {
    const { rows } = await oldestEvents(db, {})
    if (rows.length === 0) return sent
    for (const row of rows) await bus.fanout(row.topic, JSON.parse(row.message))
    await handle.deleteFrom('outbox').where('id', 'in', rows.map((r) => r.id)).execute()
    sent += rows.length
    log.debug({ sent }, 'outbox relayed')
  }
}
