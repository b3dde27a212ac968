import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { silentLog } from '#core/log/log.ts'
import { startConsoleProxy, type ConsoleProxy } from './console-proxy.ts'

let proxy: ConsoleProxy
beforeAll(async () => { proxy = await startConsoleProxy({ open: async () => undefined, host: '127.0.0.1', port: 0, log: silentLog }) })
afterAll(async () => { await proxy.close() })

describe('the noVNC library', () => {
  it('is served whole: every module that the page imports, and those import', async () => {
    const seen = new Set<string>()
    const load = async (url: URL): Promise<void> => {
      if (seen.has(url.pathname)) return
      seen.add(url.pathname)
      const response = await fetch(url)
      expect([url.pathname, response.status, response.headers.get('content-type')]).toEqual([url.pathname, 200, 'text/javascript; charset=utf-8'])
      for (const [, imported] of (await response.text()).matchAll(/^(?:import|export)\s[^'"`;]*?from\s*["'](\.[^"']+)["']/gm)) await load(new URL(imported!, url))
    }
    await load(new URL(`http://127.0.0.1:${proxy.port}/vnc.js`))
    expect(seen).toContain('/novnc/core/rfb.js')
    expect(seen.size).toBeGreaterThan(30)
  })

  it('has nothing but modules', async () => {
    for (const path of ['/novnc/core/nothing.js', '/novnc/package.json', '/novnc/AUTHORS']) expect((await fetch(`http://127.0.0.1:${proxy.port}${path}`)).status).toBe(404)
  })
})
