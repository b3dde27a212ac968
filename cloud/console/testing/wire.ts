/** A WebSocket read like a wire: so many bytes, or up to a text. */
import { WebSocket } from 'ws'

export class Wire {
  readonly protocol: string
  /** Resolves when the other side has closed. */
  readonly closed: Promise<void>
  readonly #socket: WebSocket
  #bytes: Buffer = Buffer.alloc(0)
  #wake = (): void => {}

  private constructor(socket: WebSocket) {
    this.#socket = socket
    this.protocol = socket.protocol
    this.closed = new Promise((resolve) => { socket.once('close', () => { resolve(); this.#wake() }) })
    socket.on('message', (data) => { this.#bytes = Buffer.concat([this.#bytes, data as Buffer]); this.#wake() })
  }

  static async open(url: string, protocols: string[] = [], headers: Record<string, string> = {}): Promise<Wire> {
    const socket = new WebSocket(url, protocols, { headers })
    return await new Promise((resolve, reject) => {
      // Frames may follow the head at once: listen before anything else runs.
      socket.once('open', () => { resolve(new Wire(socket)) })
      socket.once('error', reject)
    })
  }

  write(data: string | number[]): void { this.#socket.send(Buffer.from(data as string)) }
  end(): void { this.#socket.terminate() }

  async read(length: number): Promise<Buffer> {
    return await this.#take(() => (this.#bytes.length >= length ? length : undefined))
  }

  async readUntil(text: string): Promise<Buffer> {
    return await this.#take(() => {
      const at = this.#bytes.indexOf(text)
      return at < 0 ? undefined : at + Buffer.byteLength(text)
    })
  }

  async #take(length: () => number | undefined): Promise<Buffer> {
    for (;;) {
      const found = length()
      if (found !== undefined) {
        const taken = this.#bytes.subarray(0, found)
        this.#bytes = this.#bytes.subarray(found)
        return taken
      }
      if (this.#socket.readyState !== WebSocket.OPEN) throw new Error('the console was closed')
      await new Promise<void>((resolve) => { this.#wake = resolve })
    }
  }
}
