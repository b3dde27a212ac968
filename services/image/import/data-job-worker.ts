/** The worker thread of one data job. */
import { rm } from 'node:fs/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { HashLanes } from '../data/hash-lanes.ts'
import { examineFile, ReceiveFailed, receiveFile, type Received, type ReceiveFailure } from '../data/receive.ts'
import type { DataJob } from './data-job.ts'
import { openUrl } from './web-download.ts'

const lanes = new HashLanes()

async function work(job: DataJob): Promise<Received> {
  if (job.kind === 'examine') return await examineFile(job.path, job.claim, lanes)
  // What an earlier try left is of no use: its hashes are lost.
  await rm(job.plan.path, { force: true })
  return await receiveFile(await openUrl(job.uri, job.rules), job.plan, { lanes })
}

const result: Received | ReceiveFailure = await work(workerData as DataJob).catch((error: unknown) => ({
  fault: error instanceof ReceiveFailed ? error.fault : 'storage-failed', reason: (error as Error).message,
}))
parentPort!.postMessage(result)
await lanes.close()
