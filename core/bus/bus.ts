/**
 * The bus: how parts on different machines talk. Three verbs, the ones oslo.messaging users know:
 *
 *     call    one receiver answers                     await bus.call('agent.compute.host1', { verb: 'spawn', … })
 *     cast    one receiver works, nobody waits         await bus.cast('operations.compute', { wake: true })
 *     fanout  every subscriber hears it                await bus.fanout('network.changed', { ports: […] })
 *
 * It is a transport and nothing more. Losing it loses time, never work: what must happen is in a database first,
 * and a timer finds it again. So handlers are idempotent, and a message may arrive twice.
 * Two implementations under one conformance suite: in process (`in-process-bus.ts`) and RabbitMQ (`rabbit-bus.ts`).
 * Messages are plain JSON values.
 */

export interface CallOptions {
  /** Default 60 s. On expiry the call rejects with `BusTimeout`; the receiver may still have done the work. */
  timeoutMs?: number
}

export type Handler = (message: unknown) => Promise<unknown>
export type Stop = () => Promise<void>

export interface Bus {
  call(topic: string, message: unknown, options?: CallOptions): Promise<unknown>
  cast(topic: string, message: unknown): Promise<void>
  fanout(topic: string, message: unknown): Promise<void>
  /** Receives calls and casts of a topic. Several servers of one topic share its messages. */
  serve(topic: string, handler: Handler): Promise<Stop>
  /** Hears every fanout of a topic from now on. */
  subscribe(topic: string, handler: (message: unknown) => void | Promise<void>): Promise<Stop>
  close(): Promise<void>
}

/** Nobody serves the topic, or no answer came in time. */
export class BusTimeout extends Error {
  override readonly name = 'BusTimeout'
  readonly topic: string
  constructor(topic: string, timeoutMs: number) {
    super(`no answer on ${topic} within ${timeoutMs} ms`)
    this.topic = topic
  }
}

/** This end of the bus was closed, so no answer can come any more; the receiver may still do the work. */
export class BusClosed extends Error {
  override readonly name = 'BusClosed'
  constructor() { super('the bus is closed') }
}

/** The receiver threw; `kind` is its error's name, so the caller can tell a refusal from a fault. */
export class RemoteError extends Error {
  override readonly name = 'RemoteError'
  readonly kind: string
  readonly data: unknown
  constructor(kind: string, message: string, data?: unknown) {
    super(message)
    this.kind = kind
    this.data = data
  }
}

/** An error as it crosses the bus. */
export interface WireError { kind: string; message: string; data?: unknown }

/** A copy as the wire would make it: plain JSON, nothing is null. */
export function wireCopy(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null))
}

export function toWireError(error: unknown): WireError {
  if (error instanceof RemoteError) return { kind: error.kind, message: error.message, data: error.data }
  if (error instanceof Error) return { kind: error.name, message: error.message, data: (error as { data?: unknown }).data }
  return { kind: 'Error', message: String(error) }
}

export function fromWireError(error: WireError): RemoteError {
  return new RemoteError(error.kind, error.message, error.data)
}
