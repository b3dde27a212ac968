/**
 * One at a time for a state folder: one control process serves it (`serve`), and one command brings it up or down
 * (`change`). What is held is a name among the kernel's abstract sockets (unix(7)), made of the folder's path: only
 * one process can listen on it, and it is free the moment its holder ends, in whatever way.
 */
import { createHash } from 'node:crypto'
import { realpathSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { Refusal } from './refusal.ts'

export type Purpose = 'serve' | 'change'

const LOOK_AGAIN_MS = 20

/** Holds the folder for this process until the answer is called or the process ends; undefined when another holds it. */
export async function tryHold(folder: string, purpose: Purpose): Promise<(() => Promise<void>) | undefined> {
  const server = createServer((socket) => { socket.destroy() })
  return await new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => { if (error.code === 'EADDRINUSE') resolve(undefined); else reject(error) })
    server.listen(socketOf(folder, purpose), () => {
      server.unref()
      resolve(async () => { await new Promise((closed) => { server.close(closed) }) })
    })
  })
}

/** Does the work while no other command brings the folder's cloud up or down. Throws `Refusal` when that takes too long. */
export async function alone<T>(folder: string, timeoutMs: number, work: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const release = await tryHold(folder, 'change')
    if (release !== undefined) {
      try {
        return await work()
      } finally {
        await release()
      }
    }
    if (performance.now() > deadline) throw new Refusal(`another command has been bringing the cloud in ${folder} up or down for ${Math.round(timeoutMs / 1000)} s`, 'wait until it has ended, or end it, then try again')
    await setTimeout(LOOK_AGAIN_MS)
  }
}

/** Whether a process holds the folder for this. */
export async function isHeld(folder: string, purpose: Purpose): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect(socketOf(folder, purpose))
    socket.once('connect', () => { socket.destroy(); resolve(true) })
    socket.once('error', () => { resolve(false) })
  })
}

function socketOf(folder: string, purpose: Purpose): { path: string } {
  return { path: `\0nacre-${purpose}-${createHash('sha256').update(realPath(folder)).digest('hex').slice(0, 32)}` }
}

/** The same folder by whatever name it is called. */
function realPath(folder: string): string {
  try {
    return realpathSync(folder)
  } catch {
    return folder
  }
}
