/**
 * What the data path's worker thread and the main thread say to each other. The worker owns the listening socket: it
 * sends requests over, carries out the byte work it is told to, and writes replies. The main thread decides
 * everything. All messages are plain data, and go over in rows: what one turn of the event loop brought.
 *
 *     client ──► worker ── call ─────────► main (the pipeline: who, what, may they?)
 *                worker ◄─ receive ────────      "put the body into this file"
 *                worker ── received ──────►
 *     client ◄── worker ◄─ answer ─────────      status, headers, text or a slice of a file
 */
import type { ApiRequest } from '#core/http/message.ts'
import type { ReceiveFailure, ReceivePlan, Received } from './receive.ts'
import type { SliceOf } from './file-slice.ts'

export type WorkerRequest = Pick<ApiRequest, 'method' | 'path' | 'query' | 'headers' | 'origin'>

export type FromWorker =
  | { kind: 'listening'; port: number }
  | { kind: 'failed'; message: string; code?: string }
  | { kind: 'call'; id: number; request: WorkerRequest; body?: Uint8Array; streams: boolean }
  | { kind: 'too-large'; id: number; request: WorkerRequest }
  | { kind: 'received'; id: number; result: Received | ReceiveFailure }
  | { kind: 'closed' }

export type ToWorker =
  | { kind: 'receive'; id: number; plan: ReceivePlan }
  | { kind: 'answer'; id: number; status: number; headers: Record<string, string | string[]>; body?: string | Uint8Array; slice?: SliceOf }
  | { kind: 'close' }

export interface WorkerStart { host: string; port: number; maxBodyBytes: number }

/** Requests whose body is image data and stays on the wire. */
export function carriesImageData(method: string, path: string): boolean {
  return method === 'PUT' && /^\/+v2\/+images\/+[^/]+\/+(file|stage)\/*$/.test(path)
}
