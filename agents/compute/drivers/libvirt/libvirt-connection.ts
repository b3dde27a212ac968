/**
 * The wire to libvirtd: its RPC over the unix socket. A packet is length, program, version, procedure, type, serial,
 * status, then XDR. Calls carry serials, so many may be under way at once; events come unasked. The protocol is the
 * one libvirt keeps compatible between its versions for remote clients (libvirt.org/kbase/internals/rpc.html).
 */
import { connect, type Socket } from 'node:net'
import { XdrReader, XdrWriter } from './xdr.ts'

const PROGRAM = 0x20008086
const HEADER = 28
const CALL = 0
const REPLY = 1
const MESSAGE = 2

/** What libvirt says when it refuses: its number (`VIR_ERR_*`) and text. */
export class LibvirtError extends Error {
  override readonly name = 'LibvirtError'
  readonly code: number
  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

/** The daemon went away, or is not there. */
export class LibvirtGone extends Error {
  override readonly name = 'LibvirtGone'
}

interface Pending { resolve: (reply: XdrReader) => void; reject: (error: Error) => void; timer: NodeJS.Timeout }

export class LibvirtConnection {
  readonly #socket: Socket
  readonly #pending = new Map<number, Pending>()
  readonly #onEvent: (procedure: number, body: XdrReader) => void
  #received: Buffer = Buffer.alloc(0)
  #serial = 0
  #gone: Error | undefined
  /** Settles when the connection has ended, whoever ended it. */
  readonly ended: Promise<void>

  private constructor(socket: Socket, onEvent: (procedure: number, body: XdrReader) => void) {
    this.#socket = socket
    this.#onEvent = onEvent
    this.ended = new Promise((resolve) => {
      socket.on('close', () => { this.#end(new LibvirtGone('libvirtd closed the connection')); resolve() })
    })
    socket.on('error', (error) => { this.#end(new LibvirtGone(`the connection to libvirtd broke: ${error.message}`, { cause: error })) })
    socket.on('data', (bytes) => { this.#receive(bytes) })
  }

  static async open(socketPath: string, onEvent: (procedure: number, body: XdrReader) => void): Promise<LibvirtConnection> {
    const socket = await new Promise<Socket>((resolve, reject) => {
      const opening = connect(socketPath)
      opening.once('connect', () => { opening.removeAllListeners('error'); resolve(opening) })
      opening.once('error', (error) => { reject(new LibvirtGone(`libvirtd does not listen on ${socketPath}: ${error.message}`, { cause: error })) })
    })
    return new LibvirtConnection(socket, onEvent)
  }

  get alive(): boolean { return this.#gone === undefined }

  /** Calls a procedure. Throws `LibvirtError`, or `LibvirtGone` when no answer can come. */
  call(procedure: number, args: XdrWriter = new XdrWriter(), timeoutMs = 60_000): Promise<XdrReader> {
    if (this.#gone !== undefined) return Promise.reject(this.#gone)
    const body = args.toBuffer()
    const serial = ++this.#serial
    const header = new XdrWriter().int(HEADER + body.length).int(PROGRAM).int(1).int(procedure).int(CALL).int(serial).int(0)
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(serial)
        reject(new LibvirtGone(`libvirtd did not answer procedure ${procedure} within ${timeoutMs} ms`))
      }, timeoutMs)
      this.#pending.set(serial, { resolve, reject, timer })
      this.#socket.write(Buffer.concat([header.toBuffer(), body]))
    })
  }

  close(): void { this.#socket.destroy() }

  #receive(bytes: Buffer): void {
    this.#received = this.#received.length === 0 ? bytes : Buffer.concat([this.#received, bytes])
    while (this.#received.length >= 4) {
      const length = this.#received.readUInt32BE(0)
      if (this.#received.length < length) return
      this.#packet(this.#received.subarray(4, length))
      this.#received = this.#received.subarray(length)
    }
  }

  #packet(packet: Buffer): void {
    const header = new XdrReader(packet)
    const [program, , procedure, type, serial, status] = [header.unsigned(), header.int(), header.int(), header.int(), header.int(), header.int()]
    const body = new XdrReader(packet.subarray(HEADER - 4))
    if (program !== PROGRAM) return
    if (type === MESSAGE) { this.#onEvent(procedure, body); return }
    const pending = this.#pending.get(serial)
    if (type !== REPLY || pending === undefined) return
    this.#pending.delete(serial)
    clearTimeout(pending.timer)
    if (status === 0) pending.resolve(body)
    else pending.reject(readError(body))
  }

  #end(error: Error): void {
    if (this.#gone !== undefined) return
    this.#gone = error
    for (const pending of this.#pending.values()) {
      clearTimeout(pending.timer)
      pending.reject(error)
    }
    this.#pending.clear()
  }
}

function readError(body: XdrReader): LibvirtError {
  const code = body.int()
  body.int()
  return new LibvirtError(code, body.optionalString() ?? `libvirt error ${code}`)
}
