/**
 * The pages of the console door, and the noVNC library they show pictures with (the `@novnc/novnc` package,
 * unchanged). They hold no secrets, so they are served to anybody; nothing outside the two folders is.
 */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import { dirname, extname, join, normalize } from 'node:path'
import { pipeline } from 'node:stream/promises'

const PAGES = join(import.meta.dirname, 'pages')

/** Paths people and clients know → files. */
const FILES: Record<string, string> = {
  '/': 'vnc.html', '/vnc.html': 'vnc.html', '/vnc_auto.html': 'vnc.html', '/vnc_lite.html': 'vnc.html', '/serial.html': 'serial.html',
  '/vnc.js': 'vnc.js', '/serial.js': 'serial.js', '/console.css': 'console.css',
}
const TYPES: Record<string, string> = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8' }

const LIBRARY = '/novnc/'

export function servePage(request: IncomingMessage, response: ServerResponse): void {
  answer(request, response).catch(() => {
    if (response.headersSent) response.destroy()
    else say(response, 500, 'The page is missing here: the packages are not installed as a whole.')
  })
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = request.url ?? '/'
  if (request.method !== 'GET' && request.method !== 'HEAD') return say(response, 405, 'Only GET is answered here.')
  const path = fileOf(url.split('?')[0]!)
  const found = path === undefined ? undefined : await stat(path).catch(() => undefined)
  if (path === undefined || found?.isFile() !== true) return say(response, 404, 'There is no such page. Ask compute for the address of a console: openstack console url show SERVER')
  response.writeHead(200, {
    'content-type': TYPES[extname(path)] ?? 'application/octet-stream', 'content-length': found.size,
    'cache-control': url.startsWith(LIBRARY) ? 'public, max-age=3600' : 'no-cache', 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer',
    'content-security-policy': "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; frame-ancestors *",
  })
  if (request.method === 'HEAD') response.end()
  else await pipeline(createReadStream(path), response)
}

function say(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' })
  response.end(`${text}\n`)
}

/** The file behind a path, or undefined. Only plain names below the library's own folders are looked up. */
function fileOf(path: string): string | undefined {
  if (FILES[path] !== undefined) return join(PAGES, FILES[path])
  if (!path.startsWith(LIBRARY)) return undefined
  const inside = normalize(path.slice(LIBRARY.length))
  return /^(core|vendor)\/[\w./-]+\.js$/.test(inside) && !inside.includes('..') ? join(libraryFolder(), inside) : undefined
}

/** Package root of noVNC: its entry is `core/rfb.js`. */
function libraryFolder(): string {
  return dirname(dirname(createRequire(import.meta.url).resolve('@novnc/novnc')))
}
