/** Whether a process id still means the program it once meant. A zombie, whose parent does not collect it, is dead. */
import { readTextFile } from '#core/host/files.ts'

/** The program's name as the kernel keeps it (15 characters), or undefined when no such process lives. */
export async function livingProgram(pid: number): Promise<string | undefined> {
  if (!Number.isInteger(pid)) return undefined
  const line = await readTextFile(`/proc/${pid}/stat`).catch(() => undefined)
  const found = /^\d+ \((.*)\) (\S)/.exec(line ?? '')
  return found === null || found[2] === 'Z' || found[2] === 'X' ? undefined : found[1]
}
