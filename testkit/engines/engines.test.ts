import { describe, expect, it } from 'vitest'
import { createConnection, type RowDataPacket } from 'mysql2/promise'
import { freshMariaDb, freshRabbitMq, noMariaDb, noRabbitMq } from './engines.ts'
import { DaemonFailed, freePort, privateFolder, startDaemon } from './private-daemon.ts'
import { rm } from 'node:fs/promises'

describe.skipIf(noMariaDb() !== undefined)('MariaDB for tests', () => {
  it('gives each caller an empty database of one server', async () => {
    const [one, other] = await Promise.all([freshMariaDb(), freshMariaDb()])
    expect(new URL(one.url).host).toBe(new URL(other.url).host)
    expect(one.url).not.toBe(other.url)
    const connection = await createConnection(one.url)
    try {
      await connection.query('CREATE TABLE t (name VARCHAR(20)) ENGINE=InnoDB')
      await connection.query("INSERT INTO t VALUES ('имя')")
      const [rows] = await connection.query<RowDataPacket[]>('SELECT name, VERSION() AS version FROM t')
      expect(rows).toMatchObject([{ name: 'имя', version: expect.stringContaining('MariaDB') }])
    } finally {
      await connection.end()
    }
    await one.drop()
    await expect(createConnection(one.url)).rejects.toThrow('Unknown database')
  })
})

describe.skipIf(noRabbitMq() !== undefined)('RabbitMQ for tests', () => {
  it('gives each caller a namespace of one broker', async () => {
    const [one, other] = await Promise.all([freshRabbitMq(), freshRabbitMq()])
    expect(new URL(one.url).host).toBe(new URL(other.url).host)
    expect(new URL(one.url).searchParams.get('namespace')).not.toBe(new URL(other.url).searchParams.get('namespace'))
  })
})

describe('a private daemon', () => {
  it('that ends before it is ready fails with what it said', async () => {
    const folder = await privateFolder('daemon-test')
    try {
      const failing = startDaemon({ program: 'sh', args: ['-c', 'echo it is broken >&2; exit 3'], folder, readyText: 'ready' })
      await expect(failing).rejects.toThrow(DaemonFailed)
      await expect(failing).rejects.toThrow(/ended with 3[^]*it is broken/)
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it('runs without privileges, is ready by its words, and ends by stop', async () => {
    const folder = await privateFolder('daemon-test')
    try {
      const daemon = await startDaemon({ program: 'sh', args: ['-c', 'test "$(id -u)" != 0 && echo ready && exec sleep 600'], folder, readyText: 'ready' })
      await daemon.stop()
      expect(await daemon.ended).toEqual([null, 'SIGKILL'])
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it('gets a port below the ephemeral range', async () => {
    const port = await freePort()
    expect(port).toBeGreaterThanOrEqual(20_000)
    expect(port).toBeLessThan(32_768)
  })
})
