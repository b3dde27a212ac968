/**
 * Trouble on order. A test tells the fake which verb shall go wrong, how, for which server and how often:
 *
 *     driver.faults.add({ verb: 'create', kind: 'half' })                    the guest exists, then the call fails
 *     driver.faults.add({ verb: 'pause', kind: 'fail', times: 2 })           nothing happens, the call fails, twice
 *     driver.faults.add({ verb: 'destroy', kind: 'late', delayMs: 500 })     happens, but later
 *     driver.faults.add({ verb: 'pressPowerButton', kind: 'ignore' })        the call succeeds, nothing happens
 */
import { HypervisorFault } from '../../errors.ts'

export type FaultKind = 'fail' | 'half' | 'late' | 'ignore'

export interface Fault {
  verb: string
  kind: FaultKind
  /** Only for this server; any when absent. */
  serverId?: string
  /** How many calls are hit. Default 1. */
  times?: number
  /** For `late`. Default 100. */
  delayMs?: number
  /** What `fail` and `half` throw. */
  error?: Error
}

export class FaultPlan {
  #faults: (Fault & { left: number })[] = []

  /** Orders a fault; the answer cancels it. */
  add(fault: Fault): () => void {
    const entry = { ...fault, left: fault.times ?? 1 }
    this.#faults.push(entry)
    return () => { this.#faults = this.#faults.filter((other) => other !== entry) }
  }

  clear(): void { this.#faults = [] }

  /** The fault that hits this call, used up by one. */
  take(verb: string, serverId?: string): Fault | undefined {
    if (this.#faults.length === 0) return undefined
    const found = this.#faults.find((fault) => fault.verb === verb && (fault.serverId === undefined || fault.serverId === serverId))
    if (found === undefined) return undefined
    found.left -= 1
    if (found.left <= 0) this.#faults = this.#faults.filter((other) => other !== found)
    return found
  }
}

export function faultError(fault: Fault): Error {
  return fault.error ?? new HypervisorFault(`the hypervisor was told to fail ${fault.verb}`)
}
