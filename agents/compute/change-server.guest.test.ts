/** Rescue and resize with real guests: what a user would see inside them. Needs root. */
import { access, readdir } from 'node:fs/promises'
import { randomUUID } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { agentClient, type VerbsOf } from '#core/agents/contract.ts'
import { InProcessBus } from '#core/bus/in-process-bus.ts'
import { systemClock } from '#core/time/clock.ts'
import { computeAgentContract, type DiskSpec, type RescueType, type ServerSpecType } from '#services/compute/agent/compute-agent.contract.ts'
import { startComputeAgent, type ComputeAgent } from './agent.ts'
import { createDriver, type ComputeDriver } from './drivers/driver.ts'
import { sampleSpec } from './drivers/driver-conformance.ts'
import { openGuestBench, whyNoGuests, type GuestBench } from './guest-bench.ts'

const reason = whyNoGuests()
const describeGuests = reason === undefined ? describe : describe.skip
/** A busy machine is slow, not wrong: only what hangs ends by these. */
const BOOT_MS = 600_000

/** A shell on the serial line of a guest that is booting. */
class Shell {
  readonly #socket: Socket
  #said = ''
  #wake = (): void => {}

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (bytes) => { this.#said += bytes.toString(); this.#wake() })
  }

  static async logIn(socketPath: string): Promise<Shell> {
    const shell = new Shell(connect(socketPath))
    shell.#socket.write('\n')
    await shell.#until('login: ')
    for (const [line, next] of [['cirros', 'assword:'], ['gocubsgo', '# ']] as const) {
      shell.#socket.write(`${line}\n`)
      await shell.#until(next)
    }
    // The kernel's own messages would come between.
    await shell.ask('dmesg -n 1')
    return shell
  }

  /** What a command says. */
  async ask(command: string): Promise<string> {
    const mark = randomUUID().slice(0, 8)
    // Quotes keep the echo of the command, wrapped or not, from looking like its result.
    this.#socket.write(`echo begin"-"${mark}; ${command}; echo end"-"${mark}\n`)
    await this.#until(`begin-${mark}\r\n`)
    const said = await this.#until(`end-${mark}\r\n`)
    return said.slice(0, said.lastIndexOf('end-')).replaceAll('\r', '').trim()
  }

  end(): void { this.#socket.destroy() }

  async #until(text: string): Promise<string> {
    const end = Date.now() + BOOT_MS
    for (;;) {
      const at = this.#said.indexOf(text)
      if (at >= 0) {
        const said = this.#said.slice(0, at + text.length)
        this.#said = this.#said.slice(at + text.length)
        return said
      }
      if (Date.now() > end) throw new Error(`the guest never said ${JSON.stringify(text)}; last: ${JSON.stringify(this.#said.slice(-200))}`)
      await new Promise<void>((resolve) => { this.#wake = resolve; setTimeout(resolve, 1000).unref() })
    }
  }
}

describeGuests(`changing real guests${reason === undefined ? '' : ` (skipped: ${reason})`}`, () => {
  const bus = new InProcessBus()
  const host: VerbsOf<typeof computeAgentContract> = agentClient(bus, computeAgentContract, 'host1')
  let bench: GuestBench
  let driver: ComputeDriver
  let agent: ComputeAgent
  let spec: ServerSpecType
  let image: DiskSpec['source']

  beforeAll(async () => {
    bench = await openGuestBench()
    const { stateDir, log, transfer } = bench
    driver = await createDriver('libvirt', { host: 'host1', stateDir, log, clock: systemClock, libvirt: { acceleration: 'qemu' } })
    agent = await startComputeAgent({ bus, host: 'host1', driver, stateDir, images: transfer, log, heartbeatMs: 0 })
    const { id: imageId, checksum, diskFormat, sizeBytes } = bench.images.disk
    image = { kind: 'image', imageId, checksum, diskFormat, sizeBytes }
    spec = sampleSpec({ disks: [{ role: 'root', index: 0, sizeMiB: 512, bus: 'virtio', source: image }, { role: 'swap', index: 0, sizeMiB: 16, bus: 'virtio', source: { kind: 'blank' } }] })
    await host.spawn({ spec, paused: false })
  }, 900_000)

  afterAll(async () => {
    await host.destroy({ serverId: spec.serverId })
    await agent?.stop()
    await driver?.close()
    await bench?.close()
  }, 120_000)

  const patience = { timeout: 1_800_000 }

  async function inside<T>(work: (shell: Shell) => Promise<T>): Promise<T> {
    const { socketPath } = await host.console({ serverId: spec.serverId, type: 'serial' })
    const shell = await Shell.logIn(socketPath!)
    try {
      return await work(shell)
    } finally {
      shell.end()
    }
  }

  const sectors = 'cat /sys/block/vda/size /sys/block/vdb/size | tr "\\n" " "'
  const rescueBy = (change: Partial<RescueType> = {}): RescueType =>
    ({ disk: { role: 'rescue', index: 0, sizeMiB: 0, bus: 'virtio', source: image }, stable: false, directKernel: null, configDrive: null, ...change })

  it('a resize makes it larger, with all it held', patience, async () => {
    await inside(async (shell) => { await shell.ask('echo before > /root/mark; sync') })
    const larger = { ...spec, vcpus: 2, memoryMiB: 160, disks: [{ ...spec.disks[0]!, sizeMiB: 640 }, { ...spec.disks[1]!, sizeMiB: 32 }] }
    await host.resize({ spec: larger, timeoutS: 60 })
    expect((await host.powerStates({ serverIds: [spec.serverId] }))[0]!.powerState).toBe('shutdown')
    await host.start({ spec: larger })
    await inside(async (shell) => {
      expect(await shell.ask('nproc')).toBe('2')
      expect(await shell.ask(sectors)).toBe(`${640 * 2048} ${32 * 2048}`)
      // The guest grows its file system when it has come to that.
      expect(Number(await shell.ask("for try in $(seq 60); do size=$(df -m / | awk 'END { print $2 }'); [ $size -gt 560 ] && break; sleep 1; done; echo $size"))).toBeGreaterThan(560)
      expect(await shell.ask('cat /root/mark')).toBe('before')
      await shell.ask('echo after > /root/mark; sync')
    })
  })

  it('a revert brings back what it was', patience, async () => {
    await host.revertResize({ spec })
    await host.start({ spec })
    await inside(async (shell) => {
      expect(await shell.ask('nproc')).toBe('1')
      expect(await shell.ask(sectors)).toBe(`${512 * 2048} ${16 * 2048}`)
      expect(await shell.ask('cat /root/mark')).toBe('before')
    })
    await expect(access(join(bench.stateDir, 'servers', spec.serverId, 'before-resize'))).rejects.toThrow('ENOENT')
  })

  it('a rescue boots from the image, with its root disk second', patience, async () => {
    const { kernel, ramdisk, ami } = bench.images
    const rescue = rescueBy({
      disk: { ...rescueBy().disk, source: { kind: 'image', imageId: ami.id, checksum: ami.checksum, diskFormat: ami.diskFormat, sizeBytes: ami.sizeBytes } },
      directKernel: { kernelImageId: kernel.id, ramdiskImageId: ramdisk.id, commandLine: 'root=/dev/vda console=tty0 console=ttyS0' },
    })
    for (let time = 0; time < 2; time++) await host.rescue({ spec, rescue, timeoutS: 60 })
    await inside(async (shell) => {
      expect(await shell.ask('cat /root/mark 2>/dev/null')).toBe('')
      expect(await shell.ask('mkdir -p /mnt; mount /dev/vdb /mnt && cat /mnt/root/mark')).toBe('before')
      await shell.ask('echo mended > /mnt/root/mark; umount /mnt; sync')
    })
    // The host itself, or an operator, may switch it: it is still rescued.
    await host.stop({ serverId: spec.serverId, timeoutS: 0 })
    await host.start({ spec })
    expect(await host.diagnostics({ serverId: spec.serverId })).toMatchObject({ num_disks: 2 })
    await inside(async (shell) => { expect(await shell.ask('cat /root/mark 2>/dev/null')).toBe('') })
  })

  it('an unrescue boots it mended', patience, async () => {
    await host.unrescue({ spec })
    await inside(async (shell) => { expect(await shell.ask('cat /root/mark')).toBe('mended') })
    expect((await readdir(join(bench.stateDir, 'servers', spec.serverId))).filter((name) => name.includes('rescue'))).toEqual([])
  })

  it('a stable rescue keeps every disk in its place and boots from the last', patience, async () => {
    const disk = { ...rescueBy().disk, bus: 'scsi', device: 'disk' as const }
    await host.rescue({ spec, rescue: rescueBy({ disk, stable: true, configDrive: [{ path: 'openstack/latest/meta_data.json', contentBase64: Buffer.from('{}').toString('base64') }] }), timeoutS: 60 })
    await inside(async (shell) => { expect(await shell.ask('ls /sys/block | grep -E "^(vd|sd)" | tr "\\n" " "')).toBe('sda vda vdb') })
    await host.unrescue({ spec })
    expect(await host.diagnostics({ serverId: spec.serverId })).toMatchObject({ num_disks: 2, config_drive: false })
  })

  it('a rescue that fails leaves it running from its own disks', patience, async () => {
    const missing = { ...image, imageId: randomUUID() } as DiskSpec['source']
    await expect(host.rescue({ spec, rescue: rescueBy({ disk: { ...rescueBy().disk, source: missing } }), timeoutS: 60 })).rejects.toMatchObject({ kind: 'ImageTransferFailed' })
    await inside(async (shell) => { expect(await shell.ask('cat /root/mark')).toBe('mended') })
  })
})
