/**
 * Consoles of guests that never existed, on real sockets: a VNC server that shows one colour and changes it with every
 * key (RFC 6143, version 3.8, no authentication), and a serial line that echoes and prompts. They listen when first
 * asked for, until their guest goes.
 */
import { createServer, type Server, type Socket } from 'node:net'
import type { FakeGuest } from './fake-memory.ts'

export type FakeConsoleType = 'novnc' | 'serial'

export class FakeConsoles {
  readonly #open = new Map<string, { server: Server; sockets: Set<Socket> }>()

  /** The port the console listens on, at 127.0.0.1. */
  async listen(guest: FakeGuest, type: FakeConsoleType): Promise<number> {
    const key = `${guest.spec.serverId}/${type}`
    const serve = type === 'novnc' ? serveScreen : serveSerialLine
    let entry = this.#open.get(key)
    if (entry === undefined) {
      const sockets = new Set<Socket>()
      const server = createServer((socket) => {
        sockets.add(socket)
        socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy())
        serve(socket, guest)
      })
      this.#open.set(key, entry = { server, sockets })
      // A console keeps no process alive.
      server.listen(0, '127.0.0.1').unref()
    }
    const { server } = entry
    if (!server.listening) await new Promise<void>((resolve, reject) => { server.once('listening', resolve).once('error', reject) })
    return (server.address() as { port: number }).port
  }

  /** Ends the consoles of a guest that is off or gone. */
  end(serverId: string): void {
    for (const [key, { server, sockets }] of this.#open) {
      if (!key.startsWith(`${serverId}/`)) continue
      for (const socket of sockets) socket.destroy()
      server.close()
      this.#open.delete(key)
    }
  }

  close(): void {
    for (const key of [...this.#open.keys()]) this.end(key.split('/')[0]!)
  }
}

const WIDTH = 320
const HEIGHT = 200

/** 32 bits a pixel, little-endian true colour: red at bit 16, green at 8, blue at 0. */
const PIXEL_FORMAT = Buffer.from([32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0, 0, 0, 0])

function serverInit(guest: FakeGuest): Buffer {
  const name = Buffer.from(`fake (${guest.spec.domainName})`)
  const head = Buffer.alloc(24)
  head.writeUInt16BE(WIDTH, 0)
  head.writeUInt16BE(HEIGHT, 2)
  PIXEL_FORMAT.copy(head, 4)
  head.writeUInt32BE(name.length, 20)
  return Buffer.concat([head, name])
}

/** One raw rectangle over the whole screen. */
function picture(keysPressed: number, bytesPerPixel: number): Buffer {
  const head = Buffer.alloc(16)
  head.writeUInt16BE(1, 2)
  head.writeUInt16BE(WIDTH, 8)
  head.writeUInt16BE(HEIGHT, 10)
  return Buffer.concat([head, Buffer.alloc(WIDTH * HEIGHT * bytesPerPixel, 0x20 + ((keysPressed * 0x1f) % 0xc0))])
}

/** Length of a client's message by its first byte; undefined until enough has come to say. */
function messageLength(bytes: Buffer): number | undefined {
  switch (bytes[0]) {
    case 0: return 20
    case 2: return bytes.length < 4 ? undefined : 4 + 4 * bytes.readUInt16BE(2)
    case 3: return 10
    case 4: return 8
    case 5: return 6
    case 6: return bytes.length < 8 ? undefined : 8 + Math.abs(bytes.readInt32BE(4))
    default: return -1
  }
}

function serveScreen(socket: Socket, guest: FakeGuest): void {
  const greetings: { length: number; answer: Buffer }[] = [
    { length: 12, answer: Buffer.from([1, 1]) }, { length: 1, answer: Buffer.from([0, 0, 0, 0]) }, { length: 1, answer: serverInit(guest) },
  ]
  let pending: Buffer = Buffer.alloc(0)
  const screen = { keysPressed: 0, shown: -1, bytesPerPixel: 4, wanted: false }
  socket.write('RFB 003.008\n')
  socket.on('data', (bytes) => {
    pending = Buffer.concat([pending, bytes])
    for (;;) {
      const greeting = greetings[0]
      const length = pending.length === 0 ? undefined : greeting?.length ?? messageLength(pending)
      if (length === -1) return void socket.destroy()
      if (length === undefined || pending.length < length) return
      const message = pending.subarray(0, length)
      pending = pending.subarray(length)
      if (greeting === undefined) hear(socket, screen, message)
      else socket.write(greetings.shift()!.answer)
    }
  })
}

interface Screen { keysPressed: number; shown: number; bytesPerPixel: number; wanted: boolean }

/** A change is sent when it was asked for: at once for a whole picture, with the next key for an incremental one. */
function hear(socket: Socket, screen: Screen, message: Buffer): void {
  if (message[0] === 0) screen.bytesPerPixel = Math.max(1, message[4]! / 8)
  if (message[0] === 4 && message[1] === 1) screen.keysPressed += 1
  if (message[0] === 3) {
    screen.wanted = true
    if (message[1] === 0) screen.shown = -1
  }
  if (!screen.wanted || screen.shown === screen.keysPressed) return
  screen.wanted = false
  screen.shown = screen.keysPressed
  socket.write(picture(screen.keysPressed, screen.bytesPerPixel))
}

function serveSerialLine(socket: Socket, guest: FakeGuest): void {
  socket.on('data', (bytes) => { socket.write(bytes.toString().replaceAll(/[\r\n]+/g, `\r\n${guest.spec.hostname} login: `)) })
}
