/**
 * The `openstack` command, as a program of its own for each call, or loaded once for many (see `openstack-client.py`):
 * the latter takes a quarter of the processor time, and that is most of what a walk takes.
 */
import { join } from 'node:path'
import { createInterface, type Interface } from 'node:readline'
import { ProgramFailed, run, start } from '#core/host/run.ts'
import { PATIENCE_MS } from '#testkit/patience.ts'

export interface Said { code: number; stdout: string; stderr: string }

export interface OpenStackClient {
  /** Runs one command. A command that hangs is ended and answers -1. */
  run(args: string[], env: Record<string, string>): Promise<Said>
  close(): void
}

/** The program itself, started for each command. */
export const openStackProgram: OpenStackClient = {
  async run(args, env) {
    return await run('openstack', args, { env, timeoutMs: PATIENCE_MS, okCodes: [0, 1, 2] }).catch((error: unknown) => {
      if (error instanceof ProgramFailed) return { code: error.code ?? -1, stdout: '', stderr: error.message }
      throw error
    })
  },
  close() { /* nothing stays */ },
}

/** Commands one after another in a process that has the client loaded; it is started when first needed. */
export class LoadedClient implements OpenStackClient {
  readonly #home: string
  #child: ReturnType<typeof start> | undefined
  #answers: Interface | undefined

  constructor(home: string) { this.#home = home }

  async run(args: string[], env: Record<string, string>): Promise<Said> {
    if (this.#child === undefined) {
      this.#child = start('/usr/bin/python3', [join(import.meta.dirname, 'openstack-client.py')], { env: { HOME: this.#home, PYTHONWARNINGS: 'ignore' }, detached: true, stdio: ['pipe', 'pipe', 'inherit'] })
      this.#answers = createInterface({ input: this.#child.stdout! })
    }
    const answer = this.#nextLine(this.#answers!)
    this.#child.stdin!.write(`${JSON.stringify({ args, env })}\n`)
    return JSON.parse(await answer) as Said
  }

  /** The next answer, or what there is to say when none comes; a new process serves the next command then. */
  async #nextLine(answers: Interface): Promise<string> {
    return await new Promise((resolve) => {
      const settle = (line: string): void => {
        clearTimeout(timer)
        answers.off('line', settle).off('close', gone)
        resolve(line)
      }
      const giveUp = (stderr: string): void => { this.close(); settle(JSON.stringify({ code: -1, stdout: '', stderr } satisfies Said)) }
      const gone = (): void => { giveUp('the client ended') }
      const timer = setTimeout(() => { giveUp(`the command did not end within ${PATIENCE_MS / 1000} s`) }, PATIENCE_MS)
      answers.once('line', settle).once('close', gone)
    })
  }

  close(): void {
    const child = this.#child
    this.#child = undefined
    if (child?.pid === undefined) return
    // The command it runs goes with it.
    try { process.kill(-child.pid, 'SIGKILL') } catch { /* it has ended */ }
  }
}
