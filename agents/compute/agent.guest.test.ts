/**
 * The agent with real guests: images from a transfer, disks, config drive, a guest at its login prompt; everything
 * the control plane may ask of a host; and the two promises: a spawn that fails leaves nothing, and guests survive
 * the death of everything that manages them.
 */
import { access, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { randomUUID } from 'node:crypto'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { agentClient, type VerbsOf } from '#core/agents/contract.ts'
import { InProcessBus } from '#core/bus/in-process-bus.ts'
import { removePath } from '#core/host/files.ts'
import { run } from '#core/host/run.ts'
import { systemClock } from '#core/time/clock.ts'
import { computeAgentContract, powerStateTopic, type DiskSpec, type ServerSpecType } from '#services/compute/agent/compute-agent.contract.ts'
import { startComputeAgent, type ComputeAgent } from './agent.ts'
import { imageInfo } from './disks/qemu-img.ts'
import { createDriver, type ComputeDriver } from './drivers/driver.ts'
import { eventually, sampleNic, sampleSpec } from './drivers/driver-conformance.ts'
import { libvirtPaths } from './drivers/libvirt/libvirt-daemon.ts'
import { openGuestBench, whyNoGuests, type GuestBench, type TestImage } from './guest-bench.ts'

/** A busy machine is slow, not wrong: only what hangs ends by these. */
const BOOT_MS = 600_000
const reason = whyNoGuests()

function fromImage(image: TestImage): DiskSpec['source'] {
  return { kind: 'image', imageId: image.id, checksum: image.checksum, diskFormat: image.diskFormat, sizeBytes: image.sizeBytes }
}

function file(path: string, content: string): { path: string; contentBase64: string } {
  return { path, contentBase64: Buffer.from(content).toString('base64') }
}

class Host {
  readonly bench: GuestBench
  readonly bus = new InProcessBus()
  readonly told: { serverId: string; powerState: string }[] = []
  driver!: ComputeDriver
  agent!: ComputeAgent
  verbs!: VerbsOf<typeof computeAgentContract>

  constructor(bench: GuestBench) { this.bench = bench }

  async start(): Promise<void> {
    const { stateDir, log, transfer } = this.bench
    this.driver = await createDriver('libvirt', { host: 'host1', stateDir, log, clock: systemClock, libvirt: { acceleration: 'qemu', detachWithinMs: 100_000 } })
    this.agent = await startComputeAgent({ bus: this.bus, host: 'host1', driver: this.driver, stateDir, images: transfer, log, heartbeatMs: 0 })
    this.verbs = agentClient(this.bus, computeAgentContract, 'host1')
  }

  async stop(): Promise<void> {
    await this.agent.stop()
    await this.driver.close()
  }

  spec(change: Partial<ServerSpecType> = {}): ServerSpecType {
    return sampleSpec({ disks: [{ role: 'root', index: 0, sizeMiB: 512, bus: 'virtio', source: fromImage(this.bench.images.disk) }], ...change })
  }

  /** Waits until the console says something, and answers all it said. */
  async console(serverId: string, text: string): Promise<string> {
    const said = await eventually(async () => (await this.verbs.consoleOutput({ serverId, lines: null })).text, (all) => all.includes(text), BOOT_MS)
    expect(said).toContain(text)
    return said
  }

  async state(serverId: string): Promise<string> {
    return (await this.verbs.powerStates({ serverIds: [serverId] }))[0]!.powerState
  }

  /** What is on the host for servers: folders and domains. */
  async remains(): Promise<string[]> {
    const folders = await readdir(join(this.bench.stateDir, 'servers')).catch(() => [] as string[])
    return [...folders, ...(await this.driver.guests()).map((guest) => guest.name)]
  }
}

const describeGuests = reason === undefined ? describe : describe.skip

describeGuests(`the compute agent with real guests${reason === undefined ? '' : ` (skipped: ${reason})`}`, () => {
  let host: Host
  let main: ServerSpecType

  beforeAll(async () => {
    host = new Host(await openGuestBench())
    await host.bus.serve(powerStateTopic, async (message) => { host.told.push(message as { serverId: string; powerState: string }); return null })
    await host.start()
    const metadata = { uuid: randomUUID(), hostname: 'first.novalocal', public_keys: { mine: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAITest me@here' } }
    main = host.spec({
      nics: [sampleNic()],
      disks: [
        { role: 'root', index: 0, sizeMiB: 512, bus: 'virtio', source: fromImage(host.bench.images.disk) },
        { role: 'ephemeral', index: 0, sizeMiB: 64, bus: 'virtio', source: { kind: 'blank', fileSystem: 'ext4', label: 'ephemeral0' } },
        { role: 'swap', index: 0, sizeMiB: 32, bus: 'virtio', source: { kind: 'blank' } },
      ],
      configDrive: [
        file('openstack/latest/meta_data.json', JSON.stringify(metadata)),
        file('openstack/latest/user_data', '#!/bin/sh\necho "disks: $(ls /sys/block | grep vd | tr "\\n" " ")"\necho "root: $(cut -d" " -f1 /sys/block/vda/size) $(df -m / | tail -n 1 | awk \'{ print $2 }\')"\necho "ephemeral: $(findfs LABEL=ephemeral0)"\necho "swap: $(dd if=/dev/vdc bs=1 skip=4086 count=10 2>/dev/null)"\necho "key: $(cat /root/.ssh/authorized_keys)"\n'),
      ],
    })
  }, 900_000)

  afterAll(async () => {
    await host.stop()
    await host.bench.close()
  }, 120_000)

  const patience = { timeout: 1_800_000 }

  it('boots from an image to the login prompt, with all its disks and its config drive', patience, async () => {
    expect(await host.verbs.spawn({ spec: main, paused: false })).toEqual({ powerState: 'running' })
    const said = await host.console(main.serverId, 'user-data finished rc=0')
    expect(said).toContain(' login:')
    expect(said).toContain('metadata: config-drive')
    expect(said).toContain('disks: vda vdb vdc')
    expect(said).toMatch(/root: 1048576 4\d\d/)
    expect(said).toContain('ephemeral: /dev/vdb')
    expect(said).toContain('swap: SWAPSPACE2')
    expect(said).toContain('key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAITest me@here')
  })

  it('fetches an image once for servers that come together', patience, async () => {
    const specs = [host.spec(), host.spec()]
    for (const spec of specs) spec.disks[0]!.source = fromImage(host.bench.images.ami)
    await Promise.all(specs.map((spec) => host.verbs.spawn({ spec, paused: true })))
    expect(host.bench.transfer.downloads.filter((id) => id === host.bench.images.ami.id)).toHaveLength(1)
    expect(await host.state(specs[0]!.serverId)).toBe('paused')
    for (const spec of specs) await host.verbs.destroy({ serverId: spec.serverId })
    expect(host.bench.transfer.downloads.filter((id) => id === host.bench.images.disk.id)).toHaveLength(1)
  })

  it('fetches an image ahead of the servers that will boot from it, once', patience, async () => {
    const { id: imageId, checksum, diskFormat } = host.bench.images.kernel
    const wanted = { imageId, checksum, diskFormat }
    expect(await host.verbs.cacheImage(wanted)).toEqual({ outcome: 'cached' })
    expect(await host.verbs.cacheImage(wanted)).toEqual({ outcome: 'existing' })
    await expect(host.verbs.cacheImage({ ...wanted, imageId: randomUUID() })).rejects.toMatchObject({ kind: 'ImageTransferFailed' })
    expect(host.bench.transfer.downloads.filter((id) => id === imageId)).toHaveLength(1)
  })

  it('opens its consoles on sockets', patience, async () => {
    for (const [type, greeting] of [['novnc', 'RFB 003'], ['serial', '']] as const) {
      const { socketPath } = await host.verbs.console({ serverId: main.serverId, type })
      const said = await new Promise<string>((resolve, reject) => {
        const socket = connect(socketPath!)
        socket.once('error', reject)
        if (type === 'serial') socket.once('connect', () => { socket.write('\n') })
        socket.once('data', (bytes) => { socket.destroy(); resolve(bytes.toString()) })
      })
      expect(said).toContain(greeting)
    }
  })

  it('describes the guest', patience, async () => {
    const found = await host.verbs.diagnostics({ serverId: main.serverId })
    expect(found).toMatchObject({ state: 'running', driver: 'libvirt', config_drive: true, num_disks: 3, num_nics: 1 })
    const report = await host.verbs.report({})
    expect(report).toMatchObject({ hypervisorType: 'QEMU', acceleration: 'qemu', runningServers: 1 })
    expect(report.traits).toContain('COMPUTE_NODE')
  })

  it('gives the running guest its NIC back when its device was taken from the host', patience, async () => {
    const { serverId, nics: [nic] } = main
    await run('ip', ['link', 'del', nic!.tapName])
    expect(await eventually(() => host.verbs.lostParts({}), (lost) => lost.length > 0, BOOT_MS)).toEqual([{ serverId, kind: 'device', name: nic!.tapName, image: null }])
    await host.verbs.replugNic({ serverId, nic: nic! })
    expect(await host.verbs.lostParts({})).toEqual([])
    expect(await host.verbs.diagnostics({ serverId })).toMatchObject({ state: 'running', num_nics: 1, nic_details: [{ mac_address: nic!.macAddress }] })
  })

  it('snapshots the running and the paused guest into an image that boots', patience, async () => {
    const imageId = randomUUID()
    await host.verbs.pause({ serverId: main.serverId })
    await host.verbs.snapshot({ serverId: main.serverId, imageId: randomUUID(), diskFormat: 'raw' })
    await host.verbs.unpause({ serverId: main.serverId })
    const { sizeBytes } = await host.verbs.snapshot({ serverId: main.serverId, imageId, diskFormat: 'qcow2' })
    const uploaded = join(host.bench.stateDir, 'uploads', imageId)
    expect((await stat(uploaded)).size).toBe(sizeBytes)
    expect(await imageInfo(uploaded, 'qcow2')).toMatchObject({ backingFile: null, virtualSizeBytes: 512 * 1024 * 1024 })
    expect(await readdir(join(host.bench.stateDir, 'snapshots'))).toEqual([])
    const child = host.spec()
    child.disks[0]!.source = { kind: 'image', imageId, checksum: null, diskFormat: 'qcow2', sizeBytes }
    const { download } = host.bench.transfer
    host.bench.transfer.download = async (id, to) => id === imageId ? await writeFile(to, await readFile(uploaded)) : await download(id, to)
    await host.verbs.spawn({ spec: child, paused: false })
    await host.console(child.serverId, 'login:')
    await host.verbs.destroy({ serverId: child.serverId })
  })

  it('suspends and resumes', patience, async () => {
    await host.verbs.suspend({ serverId: main.serverId })
    expect(await host.state(main.serverId)).toBe('suspended')
    await host.verbs.resume({ spec: main })
    expect(await host.state(main.serverId)).toBe('running')
  })

  it('reboots softly and hard', patience, async () => {
    await host.verbs.reboot({ spec: main, type: 'soft', timeoutS: 120 })
    expect(await host.state(main.serverId)).toBe('running')
    await host.console(main.serverId, 'login:')
    await host.verbs.reboot({ spec: main, type: 'hard', timeoutS: 0 })
    await host.console(main.serverId, 'login:')
  })

  it('tells of a guest that ends by itself, and starts it again', patience, async () => {
    expect(host.told).toEqual([])
    const { socketPath } = await host.verbs.console({ serverId: main.serverId, type: 'serial' })
    const socket = connect(socketPath!)
    const lines = ['cirros', 'gocubsgo', 'poweroff']
    const prompts = ['login:', 'assword:', '#']
    let seen = ''
    socket.on('data', (bytes) => {
      seen += bytes.toString()
      if (prompts[0] !== undefined && seen.includes(prompts[0])) { prompts.shift(); seen = ''; socket.write(`${lines.shift()}\n`) }
    })
    socket.write('\n')
    await eventually(async () => host.told.length, (count) => count > 0, BOOT_MS)
    socket.destroy()
    expect(host.told).toEqual([{ serverId: main.serverId, powerState: 'shutdown', host: 'host1' }])
    await host.verbs.start({ spec: main })
    expect(await host.state(main.serverId)).toBe('running')
  })

  it('survives the death of agent, libvirtd and virtlogd', patience, async () => {
    const paths = libvirtPaths(host.bench.stateDir)
    const emulator = Number(await readFile(join(paths.run, 'libvirt/qemu', `${main.domainName}.pid`), 'utf8'))
    await host.stop()
    for (const daemon of ['libvirtd', 'virtlogd']) process.kill(Number(await readFile(join(paths.run, `${daemon}.pid`), 'utf8')), 'SIGKILL')
    process.kill(emulator, 0)
    await host.start()
    expect(await host.state(main.serverId)).toBe('running')
    process.kill(emulator, 0)
    await host.verbs.stop({ serverId: main.serverId, timeoutS: 120 })
    expect(await host.state(main.serverId)).toBe('shutdown')
    // A spawn that comes again, as after a crash of whoever asked, starts the server and keeps its disks.
    expect(await host.verbs.spawn({ spec: main, paused: false })).toEqual({ powerState: 'running' })
    expect(await host.console(main.serverId, 'ready')).not.toContain('user-data finished')
  })

  it('starts its libvirtd again under a running agent', patience, async () => {
    const paths = libvirtPaths(host.bench.stateDir)
    process.kill(Number(await readFile(join(paths.run, 'libvirtd.pid'), 'utf8')), 'SIGKILL')
    expect(await eventually(() => host.state(main.serverId).catch((error: Error) => error.message), (found) => found === 'running', BOOT_MS)).toBe('running')
  })

  it('remakes a guest whose domain is gone from the files it left', patience, async () => {
    await host.driver.destroy(main.serverId)
    expect(await host.state(main.serverId)).toBe('absent')
    await host.verbs.define({ spec: main })
    expect(await host.state(main.serverId)).toBe('shutdown')
    await host.driver.destroy(main.serverId)
    await host.verbs.start({ spec: main })
    expect(await host.console(main.serverId, 'login:')).not.toContain('user-data finished')
  })

  it('boots a kernel, ramdisk and root file system given apart', patience, async () => {
    const { kernel, ramdisk, ami } = host.bench.images
    const spec = host.spec({
      directKernel: { kernelImageId: kernel.id, ramdiskImageId: ramdisk.id, commandLine: 'root=/dev/vda console=tty0 console=ttyS0' },
      disks: [{ role: 'root', index: 0, sizeMiB: 128, bus: 'virtio', source: fromImage(ami) }],
    })
    await host.verbs.spawn({ spec, paused: false })
    expect(await host.console(spec.serverId, 'login:')).not.toContain('running from memory')
    expect(host.bench.transfer.downloads.filter((id) => id === kernel.id)).toHaveLength(1)
    await host.verbs.destroy({ serverId: spec.serverId })
  })

  it('leaves nothing of a spawn that fails, wherever it fails', patience, async () => {
    const before = await host.remains()
    const { disk } = host.bench.images
    const bad: [string, (spec: ServerSpecType) => void][] = [
      ['ImageTransferFailed', (spec) => { spec.disks[0]!.source = { ...fromImage(disk), imageId: randomUUID() } as DiskSpec['source'] }],
      ['ImageUnacceptable', (spec) => { spec.disks[0]!.source = fromImage(host.bench.images.mislabelled) }],
      ['FlavorDiskTooSmall', (spec) => { spec.disks[0]!.sizeMiB = 8 }],
      ['UnsupportedSpec', (spec) => { spec.disks.push({ role: 'ephemeral', index: 0, sizeMiB: 8, bus: 'virtio', source: { kind: 'blank', fileSystem: 'ntfs' } }) }],
      ['UnsupportedSpec', (spec) => { spec.configDrive = [file('../../../escape', 'x')] }],
      ['UnsupportedSpec', (spec) => { spec.disks[0]!.bus = 'parallel port' }],
      ['HypervisorFault', (spec) => { spec.properties['hw_machine_type'] = 'pdp11' }],
      // Only the start finds out that another guest has the tap.
      ['HypervisorFault', (spec) => { spec.nics = [{ ...sampleNic(), tapName: main.nics[0]!.tapName }] }],
    ]
    for (const [kind, spoil] of bad) {
      const spec = host.spec()
      spoil(spec)
      await expect(host.verbs.spawn({ spec, paused: false })).rejects.toMatchObject({ kind })
      expect(await host.remains()).toEqual(before)
    }
    expect((await readdir(join(host.bench.stateDir, 'images'))).filter((name) => name.includes('part'))).toEqual([])
  })

  it('finds and removes what no server owns', patience, async () => {
    const lost = host.spec()
    await host.verbs.spawn({ spec: lost, paused: true })
    // What the hypervisor tells of a guest makes its server busy for a moment, and the busy are left out.
    const found = await eventually(() => host.verbs.orphans({ known: [main.serverId], remove: false }), (all) => all.length > 1, BOOT_MS)
    expect(found.map((one) => [one.kind, one.id])).toEqual([['domain', lost.serverId], ['folder', lost.serverId]])
    const gone = async (): Promise<boolean> => {
      await host.verbs.orphans({ known: [main.serverId], remove: true })
      return (await host.remains()).every((name) => name === main.serverId || name === main.domainName)
    }
    expect(await eventually(gone, (yes) => yes, BOOT_MS)).toBe(true)
    expect(await host.verbs.orphans({ known: [main.serverId], remove: false })).toEqual([])
  })

  it('destroys all a server had', patience, async () => {
    await host.verbs.destroy({ serverId: main.serverId })
    await host.verbs.destroy({ serverId: main.serverId })
    await expect(host.verbs.define({ spec: main })).rejects.toMatchObject({ kind: 'ServerNotFound' })
    expect(await host.remains()).toEqual([])
    await expect(access(join(libvirtPaths(host.bench.stateDir).serialSockets, `${main.serverId}.sock`))).rejects.toThrow('ENOENT')
    await removePath(join(host.bench.stateDir, 'uploads'))
  })
})
