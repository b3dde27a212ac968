/** The wire, against a server of ours that speaks the other side. */
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { domainStats, findDomain, lifecycleEvent, readLifecycleEvent } from './libvirt-calls.ts'
import { LibvirtConnection } from './libvirt-connection.ts'
import { XdrReader, XdrWriter } from './xdr.ts'

const UUID = '11223344-5566-7788-99aa-bbccddeeff00'

function domain(writer: XdrWriter): XdrWriter {
  return writer.string('instance-1').opaque(Buffer.from(UUID.replaceAll('-', ''), 'hex')).int(-1)
}

function packet(procedure: number, type: number, serial: number, status: number, body: XdrWriter): Buffer {
  const bytes = body.toBuffer()
  return Buffer.concat([new XdrWriter().int(28 + bytes.length).int(0x20008086).int(1).int(procedure).int(type).int(serial).int(status).toBuffer(), bytes])
}

describe('the wire to libvirtd', () => {
  let folder: string
  let server: Server
  let peer: Promise<Socket>
  let connection: LibvirtConnection
  const events: string[] = []

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'libvirt-wire-'))
    server = createServer()
    peer = new Promise((resolve) => { server.once('connection', resolve) })
    await new Promise<void>((resolve) => { server.listen(join(folder, 'sock'), resolve) })
    connection = await LibvirtConnection.open(join(folder, 'sock'), (procedure, body) => { events.push(`${procedure} ${readLifecycleEvent(body).uuid}`) })
  })
  afterEach(async () => {
    connection.close()
    server.close()
    await rm(folder, { recursive: true, force: true })
  })

  it('tells answers apart by their serials, in any order and in any pieces', async () => {
    const socket = await peer
    const first = connection.call(7)
    const second = connection.call(8)
    const answers = Buffer.concat([packet(8, 1, 2, 0, new XdrWriter().string('second')), packet(7, 1, 1, 0, new XdrWriter().string('first'))])
    for (const byte of answers) socket.write(Buffer.from([byte]))
    expect((await first).string()).toBe('first')
    expect((await second).string()).toBe('second')
  })

  it('knows libvirt\'s refusals by number', async () => {
    const socket = await peer
    socket.on('data', () => { socket.write(packet(24, 1, 1, 1, new XdrWriter().int(42).int(10).optionalString('Domain not found'))) })
    expect(await findDomain(connection, UUID)).toBeUndefined()
  })

  it('hears events between answers', async () => {
    const socket = await peer
    const answer = connection.call(9)
    socket.write(Buffer.concat([packet(lifecycleEvent, 2, 0, 0, domain(new XdrWriter().int(1)).int(2).int(0)), packet(9, 1, 1, 0, new XdrWriter())]))
    await answer
    expect(events).toEqual([`${lifecycleEvent} ${UUID}`])
  })

  it('reads figures of every type', async () => {
    const socket = await peer
    socket.on('data', () => {
      const body = domain(new XdrWriter().int(1)).int(4)
      body.string('state.state').int(1).int(5).string('net.count').int(2).int(3).string('cpu.time').int(4).hyper(18446744073709551615n).string('name').int(7).string('vda')
      socket.write(packet(344, 1, 1, 0, body))
    })
    expect(await domainStats(connection, [], 1)).toEqual([{ domain: { name: 'instance-1', uuid: UUID, id: -1 }, stats: { 'state.state': 5, 'net.count': 3, 'cpu.time': 18446744073709552000, name: 'vda' } }])
  })

  it('refuses what is under way and what comes when the daemon goes', async () => {
    const socket = await peer
    const answer = connection.call(7)
    socket.destroy()
    await expect(answer).rejects.toMatchObject({ name: 'LibvirtGone' })
    await connection.ended
    expect(connection.alive).toBe(false)
    await expect(connection.call(7)).rejects.toMatchObject({ name: 'LibvirtGone' })
    await expect(LibvirtConnection.open(join(folder, 'none'), () => {})).rejects.toMatchObject({ name: 'LibvirtGone' })
  })

  it('writes and reads what it writes', () => {
    const reader = new XdrReader(new XdrWriter().int(-1).string('é').optionalString(null).optionalString('x').hyper(5n).toBuffer())
    expect([reader.int(), reader.string(), reader.optionalString(), reader.optionalString(), reader.hyper()]).toEqual([-1, 'é', null, 'x', 5n])
  })
})
