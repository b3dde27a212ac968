/**
 * The door to consoles: pages for people, WebSockets for their browsers and for programs. Whoever comes with a token
 * that compute made is joined with the console of that server; nobody else gets further than the pages.
 *
 *     browser ──GET /vnc_auto.html?path=?token=…──▶ page ──WebSocket /?token=…──▶ token good? ──▶ guest's VNC or serial
 *
 * Addresses and refusals are those of nova-novncproxy and nova-serialproxy (docs.openstack.org/nova, "Configure remote
 * console access"); one port serves both, since the token says which console it opens.
 */
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { Duplex } from 'node:stream'
import type { WebSocketServer } from 'ws'
import type { Log } from '#core/log/log.ts'
import { connectConsole, joinConsole, type ConsolePlace } from './console-link.ts'
import { servePage } from './console-pages.ts'

export interface OpenedConsole { serverId: string; console: ConsolePlace }

export interface ConsoleProxyOptions {
  /** The console behind a token; undefined when the token is not, or no longer, good. Throws when the guest has none now. */
  open: (token: string) => Promise<OpenedConsole | undefined>
  host: string
  /** 0 takes any free port. */
  port: number
  log: Log
  /** Host names of pages elsewhere (a dashboard) that may open consoles here. */
  allowedOrigins?: readonly string[]
}

export interface ConsoleProxy { port: number; server: Server; close(): Promise<void> }

/** A console's client sends keys and clipboards, never megabytes. */
const MAX_MESSAGE_BYTES = 1_048_576

export async function startConsoleProxy(options: ConsoleProxyOptions): Promise<ConsoleProxy> {
  const open = new Set<Duplex>()
  // Not needed before the first console is opened.
  let upgrader: Promise<WebSocketServer> | undefined
  const server = createServer((request, response) => { servePage(request, response) })
  server.on('upgrade', (request, socket, head) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    socket.on('error', () => socket.destroy())
    upgrader ??= loadUpgrader()
    admit(options, request, socket, head, upgrader).catch((error: unknown) => {
      options.log.error({ err: error }, 'a console could not be opened')
      refuse(socket, '500 Internal Server Error')
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port: options.port, host: options.host }, resolve)
  })
  return {
    port: (server.address() as { port: number }).port, server,
    close: () => new Promise((resolve) => {
      for (const socket of open) socket.destroy()
      server.close(() => resolve())
      server.closeAllConnections()
    }),
  }
}

async function loadUpgrader(): Promise<WebSocketServer> {
  const { WebSocketServer } = await import('ws')
  return new WebSocketServer({
    noServer: true, maxPayload: MAX_MESSAGE_BYTES, clientTracking: false, perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has('binary') ? 'binary' : false),
  })
}

async function admit(options: ConsoleProxyOptions, request: IncomingMessage, socket: Duplex, head: Buffer, upgrader: Promise<WebSocketServer>): Promise<void> {
  const { log } = options
  if (!isOwnOrigin(request, options.allowedOrigins ?? [])) return refuse(socket, '403 Forbidden')
  const token = tokenOf(request)
  const opened = token === undefined ? undefined : await openOrNone(options, token)
  if (opened === undefined) return refuse(socket, '403 Forbidden')
  const guest = await connectConsole(opened.console).catch((error: unknown) => {
    log.warn({ err: error, resourceId: opened.serverId }, 'the console of the guest does not answer')
  })
  if (guest === undefined) return refuse(socket, '502 Bad Gateway')
  if (socket.destroyed) return void guest.destroy()
  const webSockets = await upgrader
  socket.once('close', () => guest.destroy())
  webSockets.handleUpgrade(request, socket, head, (webSocket) => {
    log.info({ resourceId: opened.serverId, console: opened.console.type }, 'console opened')
    void joinConsole(webSocket, guest).then(() => { log.info({ resourceId: opened.serverId, console: opened.console.type }, 'console closed') })
  })
}

async function openOrNone(options: ConsoleProxyOptions, token: string): Promise<OpenedConsole | undefined> {
  try {
    return await options.open(token)
  } catch (error) {
    options.log.warn({ err: error }, 'the guest has no console now')
    return undefined
  }
}

/** A refusal has no body: what follows the head of an upgrade would be taken for frames. */
function refuse(socket: Duplex, status: string): void {
  if (!socket.destroyed) socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}

/** In the query, or in a cookie as older noVNC sends it. */
function tokenOf(request: IncomingMessage): string | undefined {
  const url = request.url ?? ''
  const mark = url.indexOf('?')
  const query = new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1))
  const inQuery = query.getAll('token').at(-1)
  if (inQuery !== undefined && inQuery !== '') return inQuery
  return /(?:^|;\s*)token=([^;\s]+)/.exec(request.headers.cookie ?? '')?.[1]
}

/** A page of another site must not open consoles with what a browser holds. Programs send no origin. */
function isOwnOrigin(request: IncomingMessage, allowed: readonly string[]): boolean {
  const { origin, host } = request.headers
  if (origin === undefined) return true
  const name = hostNameOf(origin)
  return name !== undefined && (name === hostNameOf(`http://${host ?? ''}`) || allowed.includes(name))
}

function hostNameOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).hostname : undefined
}
