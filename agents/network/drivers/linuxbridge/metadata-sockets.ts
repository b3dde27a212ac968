/**
 * Listening sockets in other namespaces. A socket stays in the namespace it was made in, whoever holds it: so a
 * short-lived child binds it there and hands it to the agent, and one process answers metadata requests of all
 * networks. A namespace that was made anew has another identity; its socket is made anew too.
 */
import { Server } from 'node:net'
import { start } from '#core/host/run.ts'
import type { MetadataListener, MetadataPlace } from '../driver.ts'
import { namespaceInode } from './daemon.ts'

/** Runs in the namespace: `node -e … address port`. */
const BIND = `const server = require('node:net').createServer()
server.on('error', (error) => process.send({ error: error.message }, () => process.exit(1)))
server.listen(Number(process.argv[2]), process.argv[1], () => process.send('listening', server, () => process.exit(0)))`

const BIND_TIMEOUT_MS = 20_000

interface Held { inode: number; close: () => Promise<void> }

export class MetadataSockets {
  readonly #listener: MetadataListener
  readonly #held = new Map<string, Held>()

  constructor(listener: MetadataListener) { this.#listener = listener }

  /** True when requests in this namespace are answered. */
  async serves(ns: string): Promise<boolean> {
    const held = this.#held.get(ns)
    return held !== undefined && held.inode === await namespaceInode(ns)
  }

  async serve(ns: string, address: string, port: number, place: MetadataPlace): Promise<void> {
    await this.release(ns)
    const inode = await namespaceInode(ns)
    if (inode === undefined) throw new Error(`there is no namespace ${ns}`)
    const socket = await bindIn(ns, address, port)
    this.#held.set(ns, { inode, close: await this.#listener.listen(socket, place) })
  }

  async release(ns: string): Promise<void> {
    const held = this.#held.get(ns)
    this.#held.delete(ns)
    await held?.close()
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#held.keys()].map(async (ns) => { await this.release(ns) }))
  }
}

async function bindIn(ns: string, address: string, port: number): Promise<Server> {
  const child = start(process.execPath, ['-e', BIND, address, String(port)], { netns: ns, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
  return await new Promise((resolve, reject) => {
    const timer = setTimeout(() => { child.kill('SIGKILL'); reject(new Error(`no socket in ${ns} after ${BIND_TIMEOUT_MS} ms`)) }, BIND_TIMEOUT_MS)
    const end = (): void => { clearTimeout(timer) }
    child.once('message', (message, handle) => {
      end()
      if (handle instanceof Server) resolve(handle)
      else reject(new Error(`no socket on ${address}:${port} in ${ns}: ${(message as { error?: string }).error ?? 'the child sent none'}`))
    })
    child.once('error', (error) => { end(); reject(error) })
    child.once('exit', (code) => { end(); if (code !== 0) reject(new Error(`binding ${address}:${port} in ${ns} ended with code ${code}`)) })
  })
}
