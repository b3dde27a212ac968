/** Consoles of a whole cloud: the address that compute gives opens in the page and in the WebSocket, for its time. */
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until, type OpenStack } from '#cloud/openstack.ts'
import { hostReady, startCloudProcess, type CloudProcess } from '#testkit/cloud-process.ts'
import { PATIENCE_MS } from '#testkit/patience.ts'
import { Wire } from './testing/wire.ts'

let cloud: CloudProcess
let admin: OpenStack
let serverId: string

beforeAll(async () => {
  cloud = await startCloudProcess({})
  admin = await cloud.as('admin')
  await hostReady(admin)
  const image = await admin.post<{ id: string }>('image', '/v2/images', { name: 'i', disk_format: 'raw', container_format: 'bare' })
  await admin.request('image', 'PUT', `/v2/images/${image.id}/file`, new Uint8Array(randomBytes(512)), { 'content-type': 'application/octet-stream' })
  const { flavor } = await admin.post<{ flavor: { id: string } }>('compute', '/v2.1/flavors', { flavor: { name: 'f', ram: 64, vcpus: 1, disk: 1 } })
  const { server } = await admin.post<{ server: { id: string } }>('compute', '/v2.1/servers', { server: { name: 's', imageRef: image.id, flavorRef: flavor.id, networks: 'none' } })
  serverId = server.id
  await until('the server to run', PATIENCE_MS, () => admin.get<{ server: { status: string } }>('compute', `/v2.1/servers/${serverId}`), (found) => found.server.status === 'ACTIVE')
})
afterAll(async () => { await cloud?.remove() })

async function consoleUrl(protocol: string, type: string): Promise<string> {
  return (await admin.post<{ remote_console: { url: string } }>('compute', `/v2.1/servers/${serverId}/remote-consoles`, { remote_console: { protocol, type } })).remote_console.url
}

/** Where the page connects to. */
function webSocketOf(url: string): string {
  const page = new URL(url)
  return new URL(page.searchParams.get('path')!, `ws://${page.host}/`).href
}

describe('the consoles of a cloud', () => {
  it('open where compute says', async () => {
    const url = await consoleUrl('vnc', 'novnc')
    expect(new URL(url).port).toBe(String(cloud.state.ports['console']))
    expect(await (await fetch(url)).text()).toContain('noVNC')
    const screen = await Wire.open(webSocketOf(url), ['binary'])
    expect((await screen.read(12)).toString()).toBe('RFB 003.008\n')
    screen.end()
    const line = await Wire.open(await consoleUrl('serial', 'serial'))
    line.write('\r')
    expect((await line.readUntil('login: ')).toString()).toContain('s login: ')
    line.end()
  })

  it('open again after a restart of the control plane, and no more once the server is gone', async () => {
    const url = webSocketOf(await consoleUrl('vnc', 'novnc'))
    await cloud.kill()
    await cloud.up()
    admin = await cloud.as('admin')
    const screen = await until('the console to open', PATIENCE_MS, () => Wire.open(url).catch(() => undefined), (wire) => wire !== undefined)
    await admin.delete('compute', `/v2.1/servers/${serverId}`)
    await screen!.closed
    await expect(Wire.open(url)).rejects.toThrow('403')
  })
})
