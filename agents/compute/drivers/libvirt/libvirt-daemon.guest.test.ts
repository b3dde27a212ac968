/** libvirtd of our own: side by side, in network namespaces, measured, and gone when removed. */
import { chmod, mkdtemp, readFile, stat, writeFile } from 'node:fs/promises'
import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ensureHostPackages } from '#cloud/host-packages/host-packages.ts'
import { removePath } from '#core/host/files.ts'
import { run, succeeds } from '#core/host/run.ts'
import { silentLog } from '#core/log/log.ts'
import { systemClock } from '#core/time/clock.ts'
import { createEmpty } from '../../disks/qemu-img.ts'
import { whyNoGuests } from '../../guest-bench.ts'
import { ServerFolders } from '../../server-folder.ts'
import { createDriver, type ComputeDriver, type GuestPlan } from '../driver.ts'
import { sampleNic, sampleSpec } from '../driver-conformance.ts'
import { measureAcceleration } from './acceleration.ts'
import { libvirtPaths } from './libvirt-daemon.ts'
import { removeLibvirtHost } from './libvirt-removal.ts'
import { livingProgram } from './living-process.ts'
import { libvirtPackages } from './packages.ts'

const reason = whyNoGuests()
const describeGuests = reason === undefined ? describe : describe.skip

interface Cloud { stateDir: string; driver: ComputeDriver }

async function openCloud(netns?: string, mode = 0o755): Promise<Cloud> {
  const stateDir = await mkdtemp(join(tmpdir(), 'side-by-side-'))
  await chmod(stateDir, mode)
  const driver = await createDriver('libvirt', { host: 'host1', stateDir, log: silentLog, clock: systemClock, libvirt: { acceleration: 'qemu', ...(netns === undefined ? {} : { netns }) } })
  return { stateDir, driver }
}

/** A guest without a system: enough to exist. */
async function emptyGuest(cloud: Cloud): Promise<GuestPlan> {
  const spec = { ...sampleSpec({ nics: [sampleNic()] }), domainName: 'instance-00000001', memoryMiB: 16 }
  spec.disks[0]!.source = { kind: 'image', imageId: randomUUID(), checksum: null, diskFormat: 'qcow2', sizeBytes: 0 }
  const folders = new ServerFolders(cloud.stateDir)
  await folders.make(spec.serverId)
  const files = folders.files(spec)
  await createEmpty(files.disks[0]!.path, 1024 * 1024)
  return { spec, files }
}

describeGuests(`a libvirtd of our own${reason === undefined ? '' : ` (skipped: ${reason})`}`, () => {
  const netns = `ncl-${process.pid}`
  const clouds: Cloud[] = []

  beforeAll(async () => {
    await ensureHostPackages(libvirtPackages)
    await run('ip', ['netns', 'add', netns])
    clouds.push(await openCloud(), await openCloud(netns), await openCloud(undefined, 0o700))
  }, 600_000)
  afterAll(async () => {
    for (const { stateDir, driver } of clouds) {
      await driver.close()
      await removeLibvirtHost(stateDir, silentLog)
      await removePath(stateDir)
      await expect(stat(libvirtPaths(stateDir).run)).rejects.toThrow('ENOENT')
    }
    await run('ip', ['netns', 'delete', netns])
  }, 120_000)

  it('knows nothing of the guests of another cloud, even of the same name', { timeout: 600_000 }, async () => {
    const [here, there] = [clouds[0]!, clouds[1]!]
    const [mine, yours] = [await emptyGuest(here), await emptyGuest(there)]
    await here.driver.create(mine, { paused: true })
    await there.driver.create(yours, { paused: true })
    expect((await here.driver.guests()).map((guest) => guest.serverId)).toEqual([mine.spec.serverId])
    expect((await there.driver.guests()).map((guest) => guest.serverId)).toEqual([yours.spec.serverId])
    const tapOf = (plan: GuestPlan): string => plan.spec.nics[0]!.tapName
    expect(await succeeds('ip', ['link', 'show', tapOf(mine)])).toBe(true)
    expect(await succeeds('ip', ['link', 'show', tapOf(yours)])).toBe(false)
    expect(await succeeds('ip', ['link', 'show', tapOf(yours)], { netns })).toBe(true)
    await here.driver.destroy(mine.spec.serverId)
    expect(await succeeds('ip', ['link', 'show', tapOf(mine)])).toBe(false)
    await there.driver.destroy(yours.spec.serverId)
  })

  it('starts guests though its log daemon died', { timeout: 600_000 }, async () => {
    const cloud = clouds[0]!
    const pidFile = join(libvirtPaths(cloud.stateDir).run, 'virtlogd.pid')
    const pid = Number(await readFile(pidFile, 'utf8'))
    process.kill(pid, 'SIGKILL')
    await expect.poll(() => livingProgram(pid), { timeout: 120_000 }).toBeUndefined()
    const plans = [await emptyGuest(cloud), await emptyGuest(cloud)]
    plans[1]!.spec.domainName = 'instance-00000002'
    await Promise.all(plans.map((plan) => cloud.driver.create(plan, { paused: true })))
    expect(await livingProgram(Number(await readFile(pidFile, 'utf8')))).toBe('virtlogd')
    for (const { spec } of plans) await cloud.driver.destroy(spec.serverId)
  })

  it('runs guests as a user of few rights where that user can reach their files, else as root', { timeout: 600_000 }, async () => {
    for (const [cloud, user] of [[clouds[0]!, 'libvirt-qemu'], [clouds[2]!, 'root']] as const) {
      const plan = await emptyGuest(cloud)
      await cloud.driver.create(plan, { paused: true })
      const pid = await readFile(join(libvirtPaths(cloud.stateDir).run, 'libvirt/qemu', `${plan.spec.domainName}.pid`), 'utf8')
      expect((await run('ps', ['-o', 'user:20=', '-p', pid.trim()])).stdout.trim()).toBe(user)
      await cloud.driver.destroy(plan.spec.serverId)
    }
  })

  it('measures acceleration once and believes itself afterwards', { timeout: 600_000 }, async () => {
    const { stateDir } = clouds[0]!
    const first = await measureAcceleration(stateDir, 7_002_000, silentLog)
    expect(['kvm', 'qemu']).toContain(first)
    const path = join(stateDir, 'acceleration.json')
    const verdict = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>
    expect(verdict).toMatchObject({ acceleration: first })
    await writeFile(path, JSON.stringify({ ...verdict, acceleration: first === 'kvm' ? 'qemu' : 'kvm' }))
    expect(await measureAcceleration(stateDir, 7_002_000, silentLog)).not.toBe(first)
    expect(await measureAcceleration(stateDir, 7_002_001, silentLog)).toBe(first)
  })
})
