/** MariaDB behind a wire that a test can cut, as a restart or a failover does. */
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { createConnection, type Connection, type RowDataPacket } from 'mysql2/promise'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { freshMariaDb, noMariaDb } from '#testkit/engines/engines.ts'
import { inTransaction, openDatabase, sql, type Database, type Kysely } from './database.ts'

interface Tables { things: { id: string } }

/** Passes bytes on to a server; `cut` ends all connections and takes no new ones until `mend`. */
class Wire {
  port = 0
  readonly #target: { host: string; port: number }
  readonly #sockets = new Set<Socket>()
  #server: Server | undefined

  constructor(target: { host: string; port: number }) { this.#target = target }

  async mend(): Promise<void> {
    this.#server = createServer((near) => {
      const far = connect(this.#target)
      for (const [from, to] of [[near, far], [far, near]] as const) {
        this.#sockets.add(from)
        from.pipe(to)
        from.on('error', () => { to.destroy() })
        from.on('close', () => { this.#sockets.delete(from); to.destroy() })
      }
    }).listen(this.port, '127.0.0.1')
    await once(this.#server, 'listening')
    this.port = (this.#server.address() as { port: number }).port
  }

  async cut(): Promise<void> {
    const closed = once(this.#server!, 'close')
    this.#server!.close()
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }
}

describe.skipIf(noMariaDb() !== undefined)('MariaDB that goes away', () => {
  let wire: Wire
  let database: Database<Tables>
  let db: Kysely<Tables>
  /** A connection that no cut touches. */
  let beside: Connection
  beforeAll(async () => {
    const fresh = new URL((await freshMariaDb()).url)
    beside = await createConnection(fresh.href)
    wire = new Wire({ host: fresh.hostname, port: Number(fresh.port) })
    await wire.mend()
    const prefix = `${fresh.pathname.slice(1)}_`
    fresh.port = String(wire.port)
    fresh.pathname = ''
    database = await openDatabase<Tables>({ engine: 'mariadb', url: fresh.href, prefix }, 'things', [{
      name: '0001-initial', up: async (db) => { await db.schema.createTable('things').addColumn('id', 'varchar(36)', (c) => c.primaryKey()).execute() },
    }])
    db = database.db
  })
  afterAll(async () => {
    await database.close()
    await beside.end()
    await wire.cut()
  })
  beforeEach(async () => { await db.deleteFrom('things').execute() })

  const ids = async (): Promise<string[]> => (await db.selectFrom('things').select('id').orderBy('id').execute()).map(({ id }) => id)

  it('and comes back is waited for, by reads and writes alike', async () => {
    await wire.cut()
    const asked = [ids(), db.insertInto('things').values({ id: 'a' }).execute()]
    await wire.mend()
    await Promise.all(asked)
    expect(await ids()).toEqual(['a'])
  })

  it('in the middle of a transaction has it done again', async () => {
    let runs = 0
    await inTransaction({ db }, async ({ db }) => {
      runs += 1
      await db.insertInto('things').values({ id: `run-${runs}` }).execute()
      if (runs > 1) return
      await wire.cut()
      await wire.mend()
      await db.insertInto('things').values({ id: 'never' }).execute()
    })
    expect(await ids()).toEqual(['run-2'])
  })

  it('is not to blame for what else breaks in a transaction', async () => {
    let runs = 0
    const broken = Object.assign(new Error('no such file'), { code: 'ENOENT' })
    await expect(inTransaction({ db }, async () => { runs += 1; throw broken })).rejects.toBe(broken)
    expect(runs).toBe(1)
  })

  it('in the middle of a read has it asked again; of a write, nobody knows', async () => {
    await beside.query("select get_lock('held', 0)")
    const outcome = Promise.allSettled([db.selectNoFrom(sql<number>`get_lock('held', 600)`.as('got')).execute(), sql`do get_lock('held', 600)`.execute(db)])
    await expect.poll(async () => await waiting()).toBe(2)
    await wire.cut()
    await wire.mend()
    await beside.query("select release_lock('held')")
    expect(await outcome).toMatchObject([{ status: 'fulfilled', value: [{ got: 1 }] }, { status: 'rejected', reason: { status: 503, code: 'Unavailable', message: expect.stringMatching(/^The database was lost while it wrote \(.+\)\. Try again in a moment/) as string } }])
  })

  /** How many statements wait for the lock on the server. */
  async function waiting(): Promise<number> {
    const [rows] = await beside.query<(RowDataPacket & { count: number })[]>("select count(*) as count from information_schema.processlist where info like '%get_lock(%' and id <> connection_id()")
    return rows[0]!.count
  }
})
