/**
 * The body of a request that stays with the data path's worker thread. It stands where a stream would; its bytes
 * never come to this thread: `receiveInto` has the worker write them to a file and answers what they were.
 */
import { Readable } from 'node:stream'
import { receiveFile, ReceiveFailed, type Received, type ReceiveFailure, type ReceivePlan } from './receive.ts'

export class RemoteBody extends Readable {
  readonly #ask: (plan: ReceivePlan) => Promise<Received | ReceiveFailure>

  constructor(ask: (plan: ReceivePlan) => Promise<Received | ReceiveFailure>) {
    super()
    this.#ask = ask
  }

  override _read(): void {}

  async receiveInto(plan: ReceivePlan): Promise<Received> {
    const result = await this.#ask(plan)
    if ('fault' in result) throw new ReceiveFailed(result)
    return result
  }
}

/** Puts a request's body into a file, wherever its bytes are. Throws `ReceiveFailed`. */
export async function receiveBody(body: Readable | undefined, plan: ReceivePlan): Promise<Received> {
  if (body instanceof RemoteBody) return await body.receiveInto(plan)
  return await receiveFile(body ?? Readable.from([]), plan)
}
