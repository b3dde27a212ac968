/**
 * A row of free ports for a whole cloud. Below 32768, where the kernel takes client ports from, and spread by process
 * so that test workers do not meet.
 */
import { createServer } from 'node:net'

async function isFree(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => { resolve(false) })
    probe.listen(port, '127.0.0.1', () => { probe.close(() => { resolve(true) }) })
  })
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
