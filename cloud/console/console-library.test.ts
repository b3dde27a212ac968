import { createRequire } from 'node:module'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { silentLog } from '#core/log/log.ts'
import { startConsoleProxy, type ConsoleProxy } from './console-proxy.ts'

/** Why the library cannot be looked at, or undefined when it can. */
function whyNot(): string | undefined {
  try {
    createRequire(import.meta.url).resolve('@novnc/novnc')
    return undefined
  } catch {
    return 'the package @novnc/novnc is not installed'
  }
}

const reason = whyNot()
const describeLibrary = reason === undefined ? describe : describe.skip
let proxy: ConsoleProxy
beforeAll(async () => { proxy = await startConsoleProxy({ open: async () => undefined, host: '127.0.0.1', port: 0, log: silentLog }) })
afterAll(async () => { await proxy.close() })

describeLibrary(`the noVNC library${reason === undefined ? '' : ` (skipped: ${reason})`}`, () => {
  it('is served whole: every module that the page imports, and those import', async () => {
    const seen = new Set<string>()
    const load = async (url: URL): Promise<void> => {
      if (seen.has(url.pathname)) return
      seen.add(url.pathname)
      const response = await fetch(url)
      expect([url.pathname, response.status, response.headers.get('content-type')]).toEqual([url.pathname, 200, 'text/javascript; charset=utf-8'])
      for (const [, imported] of (await response.text()).matchAll(/(?:^(?:import|export)\s[^'"`;]*?from\s*|\bimport\()["'](\.[^"']+)["']/gm)) await load(new URL(imported!, url))
    }
    await load(new URL(`http://127.0.0.1:${proxy.port}/vnc.js`))
    expect(seen).toContain('/novnc/core/rfb.js')
    expect(seen.size).toBeGreaterThan(30)
  })

  it('has nothing but modules', async () => {
    for (const path of ['/novnc/core/nothing.js', '/novnc/package.json', '/novnc/AUTHORS']) expect((await fetch(`http://127.0.0.1:${proxy.port}${path}`)).status).toBe(404)
  })
})
