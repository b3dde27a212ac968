import { request as httpRequest } from 'node:http'
import { randomUUID } from 'node:crypto'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { FakeDriver } from '#agents/compute/drivers/fake/fake-driver.ts'
import { sampleSpec } from '#agents/compute/drivers/driver-conformance.ts'
import { silentLog } from '#core/log/log.ts'
import { systemClock } from '#core/time/clock.ts'
import { Wire } from './testing/wire.ts'
import { startConsoleProxy, type ConsoleProxy } from './console-proxy.ts'

const driver = new FakeDriver(systemClock)
const spec = sampleSpec()
const tokens = new Map([['good-screen', 'novnc'], ['good-line', 'serial'], ['guest-is-off', 'off']])
let proxy: ConsoleProxy

beforeAll(async () => {
  await driver.create({ spec, files: null }, { paused: false })
  proxy = await startConsoleProxy({
    async open(token) {
      const type = tokens.get(token)
      if (type === 'off') return { serverId: randomUUID(), console: { type: 'novnc', host: '', port: 0, socketPath: '/nowhere/vnc.sock' } }
      return type === undefined ? undefined : { serverId: spec.serverId, console: await driver.console(spec.serverId, type) }
    },
    host: '127.0.0.1', port: 0, log: silentLog, allowedOrigins: ['dashboard.test'],
  })
})

afterAll(async () => {
  await proxy.close()
  await driver.close()
})

function get(path: string, method = 'GET'): Promise<{ status: number; type: string; text: string }> {
  return new Promise((resolve, reject) => {
    httpRequest({ host: '127.0.0.1', port: proxy.port, path, method }, (response) => {
      let text = ''
      response.on('data', (bytes: Buffer) => { text += bytes.toString() }).on('end', () => { resolve({ status: response.statusCode!, type: response.headers['content-type'] ?? '', text }) })
    }).on('error', reject).end()
  })
}

/** The status with which an upgrade was refused; 101 when it was not. */
function upgradeStatus(path: string, headers: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${proxy.port}${path}`, { headers })
    socket.once('open', () => { socket.terminate(); resolve(101) })
    socket.once('unexpected-response', (_request, response) => { response.resume(); resolve(response.statusCode!) })
    socket.once('error', reject)
  })
}

describe('the console door', () => {
  it('shows its pages under the names clients know', async () => {
    for (const path of ['/vnc_auto.html?path=%3Ftoken%3Dx', '/vnc_lite.html', '/']) {
      const page = await get(path)
      expect(page).toMatchObject({ status: 200, type: 'text/html; charset=utf-8' })
      expect(page.text).toMatch(/<html.*>[^]*<script[^]*noVNC[^]*<\/html>/)
    }
    expect(await get('/serial.html')).toMatchObject({ status: 200 })
    expect(await get('/vnc.js')).toMatchObject({ status: 200, type: 'text/javascript; charset=utf-8' })
    expect((await get('/vnc.js', 'HEAD')).text).toBe('')
  })

  it('shows nothing else', async () => {
    const elsewhere = ['/novnc/package.json', '/novnc/../../package.json', '/novnc/core/..%2f..%2fpackage.json', '/novnc/core/../../../ws/lib/websocket.js', '/../console-proxy.ts', '/etc/passwd', '//', '/novnc/core/']
    for (const path of elsewhere) expect([path, (await get(path)).status]).toEqual([path, 404])
    expect((await get('/', 'POST')).status).toBe(405)
  })

  it('joins a browser with the screen: RFB from the greeting to a picture that changes with a key', async () => {
    const wire = await Wire.open(`ws://127.0.0.1:${proxy.port}/?token=good-screen`, ['binary'])
    expect(wire.protocol).toBe('binary')
    expect((await wire.read(12)).toString()).toBe('RFB 003.008\n')
    wire.write('RFB 003.008\n')
    expect([...await wire.read(2)]).toEqual([1, 1])
    wire.write([1])
    expect([...await wire.read(4)]).toEqual([0, 0, 0, 0])
    wire.write([1])
    const init = await wire.read(24)
    expect((await wire.read(init.readUInt32BE(20))).toString()).toBe(`fake (${spec.domainName})`)
    const [width, height] = [init.readUInt16BE(0), init.readUInt16BE(2)]
    wire.write([3, 0, 0, 0, 0, 0, 1, 0x40, 0, 200])
    const first = await wire.read(16 + width * height * 4)
    wire.write([3, 1, 0, 0, 0, 0, 1, 0x40, 0, 200])
    wire.write([4, 1, 0, 0, 0, 0, 0, 0x61])
    const second = await wire.read(16 + width * height * 4)
    expect(second.at(-1)).not.toBe(first.at(-1))
    wire.end()
  })

  it('joins a program with the serial line, token in the cookie too', async () => {
    const wire = await Wire.open(`ws://127.0.0.1:${proxy.port}/websockify`, [], { cookie: 'a=b; token=good-line' })
    wire.write('ls\r')
    expect((await wire.readUntil('login: ')).toString()).toBe('ls\r\nsample login: ')
    wire.end()
  })

  it('turns away who has no good token', async () => {
    for (const path of ['/', '/?token=', '/?token=wrong', '/?token=good-screen&token=wrong', '/websockify']) expect([path, await upgradeStatus(path)]).toEqual([path, 403])
    expect(await upgradeStatus('/?token=guest-is-off')).toBe(502)
  })

  it('says nothing after the head of a refusal, which programs would take for frames', async () => {
    const socket = connect(proxy.port, '127.0.0.1')
    socket.write('GET /?token=bad HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==\r\nSec-WebSocket-Version: 13\r\n\r\n')
    let text = ''
    for await (const bytes of socket) text += String(bytes)
    expect(text).toMatch(/^HTTP\/1\.1 403 /)
    expect(text.endsWith('\r\n\r\n')).toBe(true)
  })

  it('lets only its own pages and known dashboards in', async () => {
    const from = (origin: string): Promise<number> => upgradeStatus('/?token=good-screen', { origin })
    expect(await from(`http://127.0.0.1:${proxy.port}`)).toBe(101)
    expect(await from('https://dashboard.test')).toBe(101)
    expect(await from('https://elsewhere.test')).toBe(403)
    expect(await from('null')).toBe(403)
  })

  it('closes the console when the guest goes off, and with itself', async () => {
    const wire = await Wire.open(`ws://127.0.0.1:${proxy.port}/?token=good-line`)
    await driver.powerOff(spec.serverId)
    await wire.closed
    expect(await upgradeStatus('/?token=good-line')).toBe(403)
    await driver.powerOn({ spec, files: null })
    expect(await upgradeStatus('/?token=good-line')).toBe(101)
  })
})
