/** A hashing thread (`hash-lanes.ts`). */
import { createHash, type Hash } from 'node:crypto'
import { parentPort } from 'node:worker_threads'
import type { FromLane, ToLane } from './hash-lanes.ts'

const streams = new Map<number, Hash>()

function tell(message: FromLane): void {
  parentPort!.postMessage(message)
}

parentPort!.on('message', (message: ToLane) => {
  const { stream } = message
  if (message.kind === 'open') {
    streams.set(stream, createHash(message.algorithm))
    return
  }
  const hash = streams.get(stream)
  if (hash === undefined) return
  if (message.kind === 'add') {
    hash.update(message.bytes)
    return tell({ stream })
  }
  streams.delete(stream)
  if (message.kind === 'end') tell({ stream, digest: hash.digest('hex') })
})
