/** An image service for tests: on a bench, with or without the socket and its worker thread. */
import { Readable } from 'node:stream'
import type { ApiReply } from '#core/http/message.ts'
import type { Listener } from '#core/http/socket.ts'
import { startBench, type BenchOptions } from '#testkit/service-bench.ts'
import { listenWithWorker } from '../data/data-listener.ts'
import { image } from '../service.ts'

export async function startImageBench(options: BenchOptions = {}) {
  const bench = await startBench(image, options)
  const listeners: Listener[] = []
  return {
    ...bench,
    /** Opens the real socket; answers its address. */
    async listen(): Promise<string> {
      const listener = await listenWithWorker({ handle: (request) => bench.pipeline.handle(request), streams: bench.pipeline.streams, host: '127.0.0.1', port: 0, dialect: image.dialect })
      listeners.push(listener)
      return `http://127.0.0.1:${listener.port}`
    },
    /** PUT with bytes, in process. */
    async put(token: string, path: string, data: Uint8Array | AsyncIterable<Uint8Array>, headers: Record<string, string> = {}): Promise<ApiReply> {
      return await bench.pipeline.handle({
        method: 'PUT', path, query: '', origin: 'http://cloud.test', stream: Readable.from(data instanceof Uint8Array ? [data] : data),
        headers: { 'x-auth-token': token, accept: 'application/json', 'content-type': 'application/octet-stream', ...headers },
      })
    },
    /** Bytes of `GET …/file`, in process. */
    async fetchData(token: string, path: string, headers: Record<string, string> = {}): Promise<{ status: number; headers: ApiReply['headers']; data: Buffer }> {
      const answer = await bench.pipeline.handle({ method: 'GET', path, query: '', origin: 'http://cloud.test', headers: { 'x-auth-token': token, accept: 'application/json', ...headers } })
      const chunks: Buffer[] = []
      if (answer.body instanceof Readable) for await (const chunk of answer.body as AsyncIterable<Buffer>) chunks.push(chunk)
      else if (answer.body !== undefined) chunks.push(Buffer.from(answer.body as string))
      return { status: answer.status, headers: answer.headers, data: Buffer.concat(chunks) }
    },
    async stop(): Promise<void> {
      for (const listener of listeners) await listener.close()
      await bench.stop()
    },
  }
}
