/**
 * A row of free ports for a whole cloud. Below 32768, where the kernel takes client ports from, and anywhere there, so
 * that test workers seldom meet. Somebody may still take one between the look and the use: `onFreePorts` then goes on
 * with another row.
 */
import { createServer } from 'node:net'

async function isFree(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => { resolve(false) })
    probe.listen(port, '127.0.0.1', () => { probe.close(() => { resolve(true) }) })
  })
}

/** How `up` and a listener say that a port is somebody else's. */
const TAKEN = /\bis taken on\b|EADDRINUSE/

/** Does the work with the first of so many free ports in a row; anew with others where one was taken meanwhile. */
export async function onFreePorts<T>(length: number, work: (portBase: number) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(await freePortRow(length))
    } catch (error) {
      if (attempt === 5 || !TAKEN.test(String(error))) throw error
    }
  }
}

/** The first port of `length` free ones. */
export async function freePortRow(length: number): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const base = 10_000 + Math.floor(Math.random() * (22_000 - length))
    const row = Array.from({ length }, (_, at) => base + at)
    if ((await Promise.all(row.map(isFree))).every(Boolean)) return base
  }
  throw new Error(`no ${length} free ports in a row between 10000 and 32000`)
}
