/**
 * The bare runtime: node:http that answers the same bytes to the same call (headers as many and as long, a body of the
 * same size), in a process of its own. What a call costs beyond this is ours.
 */
import { createServer, type IncomingMessage } from 'node:http'
import { start } from '#core/host/run.ts'
import { httpCall, measure, processCpuSeconds, type Heads, type Sample } from './measure.ts'

export interface BareServer { measure(like: Pick<Sample, 'bytes' | 'heads'>): Promise<Sample>; stop(): void }

interface Reply { bytes: number; headers: Record<string, string> }

const NO_HEADS: Heads = { path: 1, request: {}, reply: {} }
/** What the runtime itself says of every reply. */
const OWN_HEADERS = ['connection', 'content-length', 'content-type', 'date', 'keep-alive', 'transfer-encoding']

export async function startBareServer(): Promise<BareServer> {
  const child = start(process.execPath, [import.meta.filename], { stdio: ['ignore', 'pipe', 'inherit'] })
  const port = await new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.stdout!.once('data', (chunk: Buffer) => { resolve(Number(chunk.toString())) })
  })
  const cpu = async (): Promise<number> => processCpuSeconds(child.pid!)
  return {
    async measure({ bytes, heads = NO_HEADS }) {
      const reply: Reply = { bytes, headers: filled(heads.reply, OWN_HEADERS) }
      await fetch(`http://127.0.0.1:${port}/`, { method: 'PUT', body: JSON.stringify(reply) })
      const url = `http://127.0.0.1:${port}/${'x'.repeat(heads.path - 1)}`
      return await measure(`bare runtime, ${bytes} bytes`, httpCall('GET', url, filled(heads.request, [])), cpu)
    },
    stop() { child.kill() },
  }
}

function filled(lengths: Record<string, number>, without: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(lengths).filter(([name]) => !without.includes(name)).map(([name, length]) => [name, 'x'.repeat(length)]))
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

if (import.meta.main) {
  let reply: Reply = { bytes: 0, headers: {} }
  const server = createServer((request, response) => {
    if (request.method === 'PUT') {
      void textOf(request).then((text) => {
        reply = JSON.parse(text) as Reply
        response.end()
      })
      return
    }
    const body = Buffer.alloc(reply.bytes, 'x')
    response.writeHead(200, { ...reply.headers, 'content-type': 'application/json', 'content-length': body.length })
    response.end(body)
  })
  server.listen(0, '127.0.0.1', () => { process.stdout.write(String((server.address() as { port: number }).port)) })
}
