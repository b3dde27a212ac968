/**
 * The run file: what a running control process says about itself (pid, ports, when it was ready). Other commands
 * read it; a pid that is gone, or belongs to another program, means the cloud is down.
 */
import { readFileSync } from 'node:fs'
import { readTextFile, removePath, writeFileAtomic } from '#core/host/files.ts'
import type { StateFolder } from './settings.ts'

export interface RunState {
  pid: number
  /** Kernel start time of that pid (field 22 of /proc/PID/stat): a reused pid differs. */
  startTicks: string
  startedAt: string
  readyAt: string
  ports: Record<string, number>
  endpoints: { type: string; name: string; url: string }[]
  operatorUrl: string
}

export function startTicksOf(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const [state, ...fields] = text.slice(text.lastIndexOf(')') + 2).split(' ')
    // A zombie, whose parent does not collect it, is gone.
    return state === 'Z' || state === 'X' ? undefined : fields[18]
  } catch {
    return undefined
  }
}

export async function writeRunState(folder: StateFolder, state: RunState): Promise<void> {
  await writeFileAtomic(folder.runFile, `${JSON.stringify(state, null, 2)}\n`)
}

/** The running cloud of this folder, or undefined when none runs. */
export async function readRunState(folder: StateFolder): Promise<RunState | undefined> {
  const text = await readTextFile(folder.runFile)
  if (text === undefined) return undefined
  const state = JSON.parse(text) as RunState
  return startTicksOf(state.pid) === state.startTicks ? state : undefined
}

export async function removeRunState(folder: StateFolder): Promise<void> {
  await removePath(folder.runFile)
}
