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
import { FileSlice } from './file-slice.ts'
import type { FromWorker, ToWorker, WorkerStart } from './protocol.ts'
import type { Received, ReceiveFailure } from './receive.ts'
import { RemoteBody } from './remote-body.ts'

type Call = Extract<FromWorker, { kind: 'call' }>
type Result = Received | ReceiveFailure

export async function listenWithWorker(options: ListenOptions): Promise<Listener> {
  const start: WorkerStart = { host: options.host, port: options.port, maxBodyBytes: options.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES }
  const worker = new Worker(new URL('./data-worker.ts', import.meta.url), { workerData: start, name: 'image-data' })
  const side = new MainSide(worker, options)
  const port = await side.listening
  // `server` belongs to the plain listener's face; the real one lives in the worker and cannot be handed over.
  return { port, host: options.host, server: createServer(), close: () => side.close() }
}

/** Answers the worker's messages. */
class MainSide {
  readonly listening: Promise<number>
  readonly #worker: Worker
  readonly #options: ListenOptions
  readonly #waiting = new Map<number, (result: Result) => void>()
  #listened: (port: number) => void = () => {}
  #failed: (error: Error) => void = () => {}
  #exited: Promise<void>

  constructor(worker: Worker, options: ListenOptions) {
    this.#worker = worker
    this.#options = options
    this.listening = new Promise((resolve, reject) => {
      this.#listened = resolve
      this.#failed = reject
    })
    this.#exited = new Promise((resolve) => worker.once('exit', () => resolve()))
    worker.on('message', (message: FromWorker) => this.#hear(message))
    worker.on('error', (error) => this.#breakDown(error as Error))
    void this.#exited.then(() => this.#breakDown(new Error('the image data worker ended')))
  }

  async close(): Promise<void> {
    this.#tell({ kind: 'close' })
    const timer = setTimeout(() => void this.#worker.terminate(), 5000)
    await this.#exited
    clearTimeout(timer)
  }

  #tell(message: ToWorker): void { this.#worker.postMessage(message) }

  #hear(message: FromWorker): void {
    switch (message.kind) {
      case 'listening': this.#listened(message.port); break
      case 'failed': this.#failed(Object.assign(new Error(message.message), { code: message.code })); break
      case 'call': void this.#call(message); break
      case 'too-large': {
        const error = httpErrors.BodyTooLarge()
        this.#answer(message.id, (this.#options.dialect ?? identityDialect)(error, { request: message.request, requestId: '', version: 0 }))
        break
      }
      case 'received': {
        this.#waiting.get(message.id)?.(message.result)
        this.#waiting.delete(message.id)
      }
    }
  }

  async #call({ id, request, body, streams }: Call): Promise<void> {
    const answer = await this.#options.handle({
      method: request.method, path: request.path, query: request.query, headers: request.headers, origin: request.origin,
      ...(body === undefined ? {} : { body: Buffer.from(body.buffer, body.byteOffset, body.byteLength) }),
      ...(streams ? { stream: this.#remoteBody(id) } : {}),
    })
    this.#answer(id, answer)
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

  /** Uploads under way are over; their handlers put things right. */
  #breakDown(error: Error): void {
    this.#failed(error)
    for (const resolve of this.#waiting.values()) resolve({ fault: 'cut-off', reason: error.message })
    this.#waiting.clear()
  }
}
