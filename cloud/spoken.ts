/**
 * The end of a command's words. A pipe takes what there is room for (64 KiB) and the rest waits in this process: a
 * process that ended now would keep it to itself. And who reads may go away first, as `head` does.
 */

/** From now on: where the reader is gone, the command is to end without a word. */
export function whenNobodyReads(end: () => void): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
      end()
    })
  }
}

/** Resolves when everything that was written has been taken. */
export async function allTaken(): Promise<void> {
  await Promise.all([process.stdout, process.stderr].map(async (stream) => await new Promise<void>((resolve) => { stream.write('', () => { resolve() }) })))
}
