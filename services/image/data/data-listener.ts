/**
 * The image service's listener: a worker thread holds the socket (`data-worker.ts`), this side answers its questions
 * from the pipeline. To the rest of the program it looks like the plain listener.
 */
import { createServer } from 'node:http'
import { Readable } from 'node:stream'
import { Worker } from 'node:worker_threads'
import { identityDialect } from '#core/http/dialect.ts'
import { httpErrors } from '#core/errors/errors.ts'
import type { ApiReply } from '#core/http/message.ts'
import { DEFAULT_MAX_BODY_BYTES, type ListenOptions, type Listener } from '#core/http/socket.ts'
import { TurnQueue } from '#core/time/turn-queue.ts'
import { FileSlice } from './file-slice.ts'
import type { FromWorker, ToWorker, WorkerStart } from './protocol.ts'
import type { Received, ReceiveFailure } from './receive.ts'
import { RemoteBody } from './remote-body.ts'

type Call = Extract<FromWorker, { kind: 'call' }>
type Result = Received | ReceiveFailure

/** A worker that died is started anew on its port this much later. */
const RESTART_MS = 200

/** `onWorker` hears of every worker that is started. */
export async function listenWithWorker(options: ListenOptions, onWorker: (worker: Worker) => void = () => {}): Promise<Listener> {
  const side = new MainSide(options, onWorker)
  const port = await side.start()
  // `server` belongs to the plain listener's face; the real one lives in the worker and cannot be handed over.
  return { port, host: options.host, server: createServer(), close: () => side.close() }
}

/** Keeps a worker alive and answers its messages. */
class MainSide {
  readonly #options: ListenOptions
  readonly #onWorker: (worker: Worker) => void
  readonly #waiting = new Map<number, (result: Result) => void>()
  #worker!: Worker
  #toWorker!: TurnQueue<ToWorker>
  #port: number
  #exited: Promise<void> = Promise.resolve()
  #closing = false

  constructor(options: ListenOptions, onWorker: (worker: Worker) => void) {
    this.#options = options
    this.#onWorker = onWorker
    this.#port = options.port
  }

  /** Answers the port. Throws when it cannot be listened on. */
  async start(): Promise<number> {
    const start: WorkerStart = { host: this.#options.host, port: this.#port, maxBodyBytes: this.#options.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES }
    const worker = new Worker(new URL('./data-worker.ts', import.meta.url), { workerData: start, name: 'image-data' })
    this.#worker = worker
    this.#toWorker = new TurnQueue((messages) => { worker.postMessage(messages) })
    this.#onWorker(worker)
    this.#exited = new Promise((resolve) => worker.once('exit', () => resolve()))
    this.#port = await new Promise<number>((resolve, reject) => {
      worker.on('message', (messages: FromWorker[]) => {
        for (const message of messages) {
          if (message.kind === 'listening') resolve(message.port)
          else if (message.kind === 'failed') reject(Object.assign(new Error(message.message), { code: message.code }))
          else this.#hear(message)
        }
      })
      worker.on('error', reject)
      worker.once('exit', () => reject(new Error('the image data worker ended')))
    }).catch(async (error: unknown) => {
      await worker.terminate()
      throw error
    })
    void this.#exited.then(() => this.#ended())
    return this.#port
  }

  async close(): Promise<void> {
    this.#closing = true
    this.#tell({ kind: 'close' })
    const timer = setTimeout(() => void this.#worker.terminate(), 5000)
    await this.#exited
    clearTimeout(timer)
  }

  /** Uploads that were under way are over; their handlers put things right. */
  #ended(): void {
    for (const resolve of this.#waiting.values()) resolve({ fault: 'cut-off', reason: 'the image data worker ended' })
    this.#waiting.clear()
    if (this.#closing) return
    setTimeout(() => { if (!this.#closing) void this.start().catch(() => this.#ended()) }, RESTART_MS).unref()
  }

  #tell(message: ToWorker): void { this.#toWorker.add(message) }

  #hear(message: FromWorker): void {
    switch (message.kind) {
      case 'call': void this.#call(message); break
      case 'too-large': {
        const error = httpErrors.BodyTooLarge()
        this.#answer(message.id, (this.#options.dialect ?? identityDialect)(error, { request: message.request, requestId: '', version: 0 }))
        break
      }
      case 'received': {
        this.#waiting.get(message.id)?.(message.result)
        this.#waiting.delete(message.id)
        break
      }
      // The port is free again; `exit` follows.
      case 'closed': case 'listening': case 'failed': break
    }
  }

  async #call({ id, request, body, streams }: Call): Promise<void> {
    const worker = this.#worker
    const answer = await this.#options.handle({
      method: request.method, path: request.path, query: request.query, headers: request.headers, origin: request.origin,
      ...(body === undefined ? {} : { body: Buffer.from(body.buffer, body.byteOffset, body.byteLength) }),
      ...(streams ? { stream: this.#remoteBody(id) } : {}),
    })
    // Ids are the worker's own: a successor must not get its predecessor's answers.
    if (worker === this.#worker) this.#answer(id, answer)
  }

  #remoteBody(id: number): RemoteBody {
    return new RemoteBody((plan) => new Promise<Result>((resolve) => {
      this.#waiting.set(id, resolve)
      this.#tell({ kind: 'receive', id, plan })
    }))
  }

  #answer(id: number, { status, headers, body }: ApiReply): void {
    if (body instanceof FileSlice) return this.#tell({ kind: 'answer', id, status, headers, slice: body.of })
    if (body instanceof Readable) throw new Error('the image data path sends texts and slices of files, not streams')
    if (body === undefined || body === null) return this.#tell({ kind: 'answer', id, status, headers })
    const ready = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body)
    headers['content-type'] ??= 'application/json'
    this.#tell({ kind: 'answer', id, status, headers, body: ready })
  }
}
