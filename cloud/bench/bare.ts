/**
 * The bare runtime: node:http that answers a fixed number of bytes, in a process of its own. What a call costs
 * beyond this is ours.
 */
import { createServer } from 'node:http'
import { start } from '#core/host/run.ts'
import { httpCall, measure, processCpuSeconds, type Sample } from './measure.ts'

export interface BareServer { measure(bytes: number): Promise<Sample>; stop(): void }

export async function startBareServer(): Promise<BareServer> {
  const child = start(process.execPath, [import.meta.filename], { stdio: ['ignore', 'pipe', 'inherit'] })
  const port = await new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.stdout!.once('data', (chunk: Buffer) => { resolve(Number(chunk.toString())) })
  })
  const cpu = async (): Promise<number> => processCpuSeconds(child.pid!)
  return {
    measure: (bytes) => measure(`bare runtime, ${bytes} bytes`, httpCall('GET', `http://127.0.0.1:${port}/${bytes}`, {}), cpu),
    stop() { child.kill() },
  }
}

if (import.meta.main) {
  const server = createServer((request, response) => {
    const body = Buffer.alloc(Number(request.url!.slice(1)), 'x')
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length })
    response.end(body)
  })
  server.listen(0, '127.0.0.1', () => { process.stdout.write(String((server.address() as { port: number }).port)) })
}
