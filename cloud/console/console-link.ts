/** A browser joined with a guest: bytes of the one are bytes of the other, as fast as the slower of the two takes them. */
import { connect, type Socket } from 'node:net'
import { pipeline } from 'node:stream/promises'
import type { WebSocket } from 'ws'

/** Where a console listens: a unix socket on this host, else an address. */
export interface ConsolePlace { type: string; host: string; port: number; socketPath?: string }

const CONNECT_WITHIN_MS = 5000

/** Connects to the guest's side. Rejects when nothing listens there. */
export async function connectConsole(place: ConsolePlace): Promise<Socket> {
  const socket = connect(place.socketPath === undefined ? { host: place.host, port: place.port } : { path: place.socketPath })
  socket.setTimeout(CONNECT_WITHIN_MS, () => socket.destroy(new Error('the console did not answer in time')))
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', reject)
  })
  socket.setTimeout(0)
  if (place.socketPath === undefined) socket.setNoDelay(true)
  return socket
}

/** Carries bytes both ways until one side ends; then both are closed. */
export async function joinConsole(webSocket: WebSocket, guest: Socket): Promise<void> {
  const { createWebSocketStream } = await import('ws')
  const browser = createWebSocketStream(webSocket)
  // An end on either side is the end: a console is not half open.
  guest.once('close', () => webSocket.close())
  browser.once('close', () => guest.destroy())
  await Promise.allSettled([pipeline(guest, browser), pipeline(browser, guest)])
  guest.destroy()
  webSocket.terminate()
}
