/** The console door before a real guest: its screen and its serial line, through the WebSocket. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startComputeAgent, type ComputeAgent } from '#agents/compute/agent.ts'
import { sampleSpec } from '#agents/compute/drivers/driver-conformance.ts'
import { createDriver, type ComputeDriver } from '#agents/compute/drivers/driver.ts'
import { openGuestBench, whyNoGuests, type GuestBench } from '#agents/compute/guest-bench.ts'
import { agentClient } from '#core/agents/contract.ts'
import { InProcessBus } from '#core/bus/in-process-bus.ts'
import { systemClock } from '#core/time/clock.ts'
import { computeAgentContract } from '#services/compute/agent/compute-agent.contract.ts'
import { startConsoleProxy, type ConsoleProxy } from './console-proxy.ts'
import { Wire } from './testing/wire.ts'

const reason = whyNoGuests()
const describeGuests = reason === undefined ? describe : describe.skip

describeGuests(`consoles of a real guest${reason === undefined ? '' : ` (skipped: ${reason})`}`, () => {
  const bus = new InProcessBus()
  const host = agentClient(bus, computeAgentContract, 'host1')
  let bench: GuestBench
  let driver: ComputeDriver
  let agent: ComputeAgent
  let proxy: ConsoleProxy
  let serverId: string

  beforeAll(async () => {
    bench = await openGuestBench()
    const { stateDir, log, transfer, images } = bench
    driver = await createDriver('libvirt', { host: 'host1', stateDir, log, clock: systemClock, libvirt: { acceleration: 'qemu' } })
    agent = await startComputeAgent({ bus, host: 'host1', driver, stateDir, images: transfer, log, heartbeatMs: 0 })
    const { id: imageId, checksum, diskFormat, sizeBytes } = images.disk
    const spec = sampleSpec({ disks: [{ role: 'root', index: 0, sizeMiB: 512, bus: 'virtio', source: { kind: 'image', imageId, checksum, diskFormat, sizeBytes } }] })
    serverId = spec.serverId
    await host.spawn({ spec, paused: false })
    proxy = await startConsoleProxy({ open: async (type) => ({ serverId, console: await host.console({ serverId, type }) }), host: '127.0.0.1', port: 0, log })
  })

  afterAll(async () => {
    await proxy?.close()
    await host.destroy({ serverId })
    await agent?.stop()
    await driver?.close()
    await bench?.close()
  })

  it('shows the screen', async () => {
    const wire = await Wire.open(`ws://127.0.0.1:${proxy.port}/?token=novnc`, ['binary'])
    expect((await wire.read(12)).toString()).toBe('RFB 003.008\n')
    wire.write('RFB 003.008\n')
    const [count] = await wire.read(1)
    expect([...await wire.read(count!)]).toContain(1)
    wire.write([1])
    expect([...await wire.read(4)]).toEqual([0, 0, 0, 0])
    wire.write([1])
    const init = await wire.read(24)
    expect(init.readUInt16BE(0)).toBeGreaterThan(0)
    expect((await wire.read(init.readUInt32BE(20))).toString()).toContain('QEMU')
    wire.end()
  })

  it('logs in on the serial line', async () => {
    const wire = await Wire.open(`ws://127.0.0.1:${proxy.port}/?token=serial`)
    await wire.readUntil('login:')
    wire.write('cirros\r')
    await wire.readUntil('assword:')
    wire.write('gocubsgo\r')
    await wire.readUntil('#')
    wire.write('echo $((6 * 7))\r')
    expect((await wire.readUntil('42\r\n')).toString()).toContain('42')
    wire.end()
  })
})
