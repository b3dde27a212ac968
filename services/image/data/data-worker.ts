/**
 * The worker thread of the data path: an HTTP server whose requests are answered by the main thread and whose bytes
 * never leave this one. A long upload therefore delays no other call, and no other call delays it.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { parentPort, workerData } from 'node:worker_threads'
import { TurnQueue } from '#core/time/turn-queue.ts'
import { HashLanes } from './hash-lanes.ts'
import { originOf } from './origin.ts'
import { carriesImageData, type FromWorker, type ToWorker, type WorkerRequest, type WorkerStart } from './protocol.ts'
import { receiveFile, ReceiveFailed } from './receive.ts'
import { openSlice, sendSlice } from './send-slice.ts'

/** How long a client may go on sending a body that was refused, so that it gets to read the refusal. */
const DRAIN_MS = 15_000

interface Exchange { incoming: IncomingMessage; outgoing: ServerResponse; streams: boolean; received: boolean }
type Answer = Extract<ToWorker, { kind: 'answer' }>

/** A connection on which nothing moves for so long is given up. */
const IDLE_MS = 600_000

/** What a socket may hand over at once: stopping and starting it for every piece costs more than the memory. */
const SOCKET_BYTES = 1 << 20

const start = workerData as WorkerStart
const lanes = new HashLanes()
const exchanges = new Map<number, Exchange>()
let lastId = 0

const server = createServer({ keepAliveTimeout: 65_000, requestTimeout: 0, noDelay: true, highWaterMark: SOCKET_BYTES }, (incoming, outgoing) => {
  outgoing.on('error', () => {})
  void serve(incoming, outgoing)
})

server.setTimeout(IDLE_MS)

const toMain = new TurnQueue<FromWorker>((messages) => { parentPort!.postMessage(messages) })

function tell(message: FromWorker): void { toMain.add(message) }

async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const request = toRequest(incoming)
  const id = (lastId += 1)
  const streams = carriesImageData(request.method, request.path)
  exchanges.set(id, { incoming, outgoing, streams, received: false })
  outgoing.once('close', () => { if (!streams) exchanges.delete(id) })
  if (streams) return tell({ kind: 'call', id, request, streams })
  try {
    const body = await readAll(incoming)
    if (body === 'too large') tell({ kind: 'too-large', id, request })
    else tell({ kind: 'call', id, request, streams, ...(body === undefined ? {} : { body }) })
  } catch {
    exchanges.delete(id)
    outgoing.destroy()
  }
}

function toRequest(incoming: IncomingMessage): WorkerRequest {
  const url = incoming.url ?? '/'
  const mark = url.indexOf('?')
  const headers = incoming.headers as Record<string, string | undefined>
  return {
    method: incoming.method ?? 'GET', path: mark < 0 ? url : url.slice(0, mark), query: mark < 0 ? '' : url.slice(mark + 1),
    headers, origin: originOf(headers),
  }
}

async function readAll(incoming: IncomingMessage): Promise<Uint8Array | undefined | 'too large'> {
  if (incoming.headers['content-length'] === undefined && incoming.headers['transfer-encoding'] === undefined) return undefined
  if (Number(incoming.headers['content-length'] ?? 0) > start.maxBodyBytes) return 'too large'
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > start.maxBodyBytes) return 'too large'
    chunks.push(chunk)
  }
  // A buffer of its own: pooled memory would be copied whole to the other thread.
  return size === 0 ? undefined : new Uint8Array(Buffer.concat(chunks))
}

parentPort!.on('message', (messages: ToWorker[]) => { for (const message of messages) hear(message) })

function hear(message: ToWorker): void {
  switch (message.kind) {
    case 'receive': void receive(message); break
    case 'answer': void answer(message).catch(() => exchanges.get(message.id)?.outgoing.destroy()).finally(() => exchanges.delete(message.id)); break
    case 'close': close()
  }
}

async function receive(message: Extract<ToWorker, { kind: 'receive' }>): Promise<void> {
  const exchange = exchanges.get(message.id)
  if (exchange === undefined) return tell({ kind: 'received', id: message.id, result: { fault: 'cut-off', reason: 'the client is gone' } })
  exchange.received = true
  try {
    tell({ kind: 'received', id: message.id, result: await receiveFile(exchange.incoming, message.plan, { lanes, keepSource: true }) })
  } catch (error) {
    exchange.received = false
    const failed = error instanceof ReceiveFailed ? error : undefined
    tell({ kind: 'received', id: message.id, result: { fault: failed?.fault ?? 'storage-failed', reason: (error as Error).message } })
  }
}

async function answer(message: Answer): Promise<void> {
  const exchange = exchanges.get(message.id)
  if (exchange === undefined) return
  const { incoming, outgoing } = exchange
  if (outgoing.destroyed) return
  const unread = !incoming.complete && !exchange.received
  if (unread) message.headers['connection'] = 'close'
  if (message.slice !== undefined) return await answerSlice(message, incoming, outgoing)
  const { headers, status, body } = message
  const bodyless = status === 204 || status === 304
  if (!bodyless) headers['content-length'] ??= body === undefined ? '0' : String(Buffer.byteLength(body))
  outgoing.writeHead(status, headers)
  const text = bodyless || incoming.method === 'HEAD' ? undefined : body
  if (!unread) outgoing.end(text)
  else {
    if (text === undefined) outgoing.flushHeaders()
    else outgoing.write(text)
    await drained(incoming)
    outgoing.end()
  }
}

async function answerSlice({ status, headers, slice }: Answer, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const file = incoming.method === 'HEAD' ? undefined : await openSlice(slice!)
  if (file === 'gone') {
    // Deleted since the main thread looked: as upstream's store without the data.
    const { 'x-openstack-request-id': requestId } = headers
    outgoing.writeHead(204, requestId === undefined ? {} : { 'x-openstack-request-id': requestId })
    outgoing.end()
    return
  }
  outgoing.writeHead(status, headers)
  if (file !== undefined) await sendSlice(file, slice!, outgoing)
  outgoing.end()
}

/** Reads on and forgets, for a while: ending at once would close the connection, and the answer would be lost with it. */
async function drained(incoming: IncomingMessage): Promise<void> {
  incoming.on('error', () => {})
  incoming.resume()
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, DRAIN_MS)
    timer.unref()
    for (const event of ['end', 'close']) {
      incoming.once(event, () => {
        clearTimeout(timer)
        resolve()
      })
    }
  })
}

function close(): void {
  server.close(() => {
    tell({ kind: 'closed' })
    toMain.flush()
    parentPort!.close()
  })
  server.closeIdleConnections()
  setTimeout(() => server.closeAllConnections(), 2000).unref()
}

server.once('error', (error: NodeJS.ErrnoException) => tell({ kind: 'failed', message: error.message, code: error.code }))
server.listen({ port: start.port, host: start.host }, () => tell({ kind: 'listening', port: (server.address() as { port: number }).port }))
