/**
 * A plan is the difference between what is and what should be, as sentences for people and steps for the kernel.
 * `check` prints the sentences; `apply` runs the steps. So both always agree, and a host that is right has an
 * empty plan. Neighbouring steps of one kind and namespace run as one batch.
 */
import type { Difference } from '../driver.ts'
import type { HostShell } from './host-shell.ts'

type Step =
  | { kind: 'ip'; ns: string | undefined; line: string }
  | { kind: 'bridge'; line: string }
  | { kind: 'run'; run: () => Promise<void> }

export class Plan {
  readonly resource: Difference['resource']
  readonly id: string
  readonly differences: Difference[] = []
  readonly #steps: Step[] = []

  constructor(resource: Difference['resource'], id: string) {
    this.resource = resource
    this.id = id
  }

  get empty(): boolean { return this.differences.length === 0 }

  /** Names what is wrong; the steps that follow repair it. */
  wrong(problem: string): this {
    this.differences.push({ resource: this.resource, id: this.id, problem })
    return this
  }

  ip(...lines: string[]): this {
    for (const line of lines) this.#steps.push({ kind: 'ip', ns: undefined, line })
    return this
  }

  ipIn(ns: string, ...lines: string[]): this {
    for (const line of lines) this.#steps.push({ kind: 'ip', ns, line })
    return this
  }

  bridge(...lines: string[]): this {
    for (const line of lines) this.#steps.push({ kind: 'bridge', line })
    return this
  }

  run(run: () => Promise<void>): this {
    this.#steps.push({ kind: 'run', run })
    return this
  }

  async execute(shell: HostShell): Promise<void> {
    for (let at = 0; at < this.#steps.length;) {
      const step = this.#steps[at]!
      if (step.kind === 'run') {
        await step.run()
        at += 1
        continue
      }
      const batch: string[] = []
      for (; at < this.#steps.length; at += 1) {
        const next = this.#steps[at]!
        if (next.kind !== step.kind || (next.kind === 'ip' && step.kind === 'ip' && next.ns !== step.ns)) break
        batch.push((next as { line: string }).line)
      }
      if (step.kind === 'ip') await shell.ipBatch(batch, step.ns)
      else await shell.bridgeBatch(batch)
    }
  }
}
