import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ensureHostPackages, installCommand, installedPackages, missingHostPackages } from './host-packages.ts'
import { withPackageLock } from './package-lock.ts'
import { withoutDaemonStarts } from './policy-rc.ts'

let folder: string
beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'nacre-packages-')) })
afterEach(async () => { await rm(folder, { recursive: true, force: true }) })

describe('what is installed', () => {
  it('counts only packages that are installed and configured, whatever their architecture', () => {
    const listing = 'installed libc6:amd64\nconfig-files dnsmasq\nnot-installed qemu-kvm\ninstalled dnsmasq-base\nhalf-configured libvirt-daemon\n'
    expect([...installedPackages(listing)]).toEqual(['libc6', 'dnsmasq-base'])
  })

  it('finds the missing ones of this host and says nothing when all are there', async () => {
    const dpkg = { name: 'dpkg', reason: 'every Debian has it' }
    const absent = { name: 'nacre-package-that-is-nowhere', reason: 'a test' }
    expect(await missingHostPackages([dpkg, absent])).toEqual([absent])
    const lines: string[] = []
    expect(await ensureHostPackages([dpkg], { progress: (line) => lines.push(line) })).toEqual([])
    expect(lines).toEqual([])
  })

  it('names the exact command', () => {
    expect(installCommand([{ name: 'a', reason: '' }, { name: 'b', reason: '' }])).toBe('apt-get install -y --no-install-recommends a b')
  })
})

describe('daemons stay off while packages are installed', () => {
  it('writes the policy for the time of the work and takes it away after, also when the work fails', async () => {
    const policy = join(folder, 'policy-rc.d')
    const seen = await withoutDaemonStarts(async () => ({ text: await readFile(policy, 'utf8'), mode: (await stat(policy)).mode & 0o777 }), policy)
    expect(seen).toEqual({ text: expect.stringContaining('exit 101'), mode: 0o755 })
    await expect(stat(policy)).rejects.toThrow('ENOENT')
    await expect(withoutDaemonStarts(async () => { throw new Error('apt failed') }, policy)).rejects.toThrow('apt failed')
    await expect(stat(policy)).rejects.toThrow('ENOENT')
  })

  it("keeps the host's own policy, and removes one that a killed install left", async () => {
    const policy = join(folder, 'policy-rc.d')
    await writeFile(policy, '#!/bin/sh\nexit 101\n')
    await withoutDaemonStarts(async () => {}, policy)
    expect(await readFile(policy, 'utf8')).toBe('#!/bin/sh\nexit 101\n')
    await rm(policy)
    let left = ''
    await withoutDaemonStarts(async () => { left = await readFile(policy, 'utf8') }, policy)
    await writeFile(policy, left)
    await withoutDaemonStarts(async () => {}, policy)
    await expect(stat(policy)).rejects.toThrow('ENOENT')
  })
})

describe('one installer at a time', () => {
  it('lets the second in when the first is done', async () => {
    const lock = join(folder, 'lock')
    const order: string[] = []
    let release = (): void => {}
    const held = new Promise<void>((resolve) => { release = resolve })
    let entered = (): void => {}
    const inside = new Promise<void>((resolve) => { entered = resolve })
    const first = withPackageLock(async () => { entered(); await held; order.push('first') }, lock)
    await inside
    const second = withPackageLock(async () => { order.push('second') }, lock)
    release()
    await Promise.all([first, second])
    expect(order).toEqual(['first', 'second'])
  })

  it('gives the lock back when the work throws', async () => {
    const lock = join(folder, 'lock')
    await expect(withPackageLock(async () => { throw new Error('no') }, lock)).rejects.toThrow('no')
    expect(await withPackageLock(async () => 'again', lock)).toBe('again')
  })
})
