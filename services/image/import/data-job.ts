/**
 * Byte work of imports, each in a worker thread of its own for as long as it lasts: fetching a URL into a file, or
 * hashing and judging a staged file. The main thread only hears what came of it.
 */
import { Worker } from 'node:worker_threads'
import type { FormatClaim } from '../data/formats/inspect.ts'
import { ReceiveFailed, type Received, type ReceiveFailure, type ReceivePlan } from '../data/receive.ts'
import type { WebRules } from './web-source.ts'

export type DataJob =
  | { kind: 'fetch'; uri: string; rules: WebRules; plan: ReceivePlan }
  | { kind: 'examine'; path: string; claim: FormatClaim }

/** Throws `ReceiveFailed`. */
export async function runDataJob(job: DataJob): Promise<Received> {
  const worker = new Worker(new URL('./data-job-worker.ts', import.meta.url), { workerData: job, name: 'image-import' })
  const result = await new Promise<Received | ReceiveFailure>((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', () => reject(new Error('the import worker ended without a word')))
  })
  if ('fault' in result) throw new ReceiveFailed(result)
  return result
}
