/**
 * The tiny image at work, without a cloud: QEMU's user network plays the DHCP server, and a metadata service of ours
 * stands at 169.254.169.254.
 */
import { chmod, mkdtemp, readFile, stat } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { createServer as createTcpServer, type AddressInfo } from 'node:net'
import type { ChildProcess } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from '#agents/compute/drivers/driver-conformance.ts'
import { ensureHostPackages } from '#cloud/host-packages/host-packages.ts'
import { readTextFile, removePath } from '#core/host/files.ts'
import { run, start } from '#core/host/run.ts'
import { PATIENCE_MS } from '#testkit/patience.ts'
import { tinyImagePackages } from './packages.ts'
import { buildTinyImage, type TinyImage } from './tiny-image.ts'

const reason = process.platform !== 'linux' || process.getuid?.() !== 0 ? 'building and booting it needs Linux and root' : undefined
const describeGuests = reason === undefined ? describe : describe.skip
const BOOT_MS = 2 * PATIENCE_MS

async function freePort(): Promise<number> {
  const server = createTcpServer()
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => { server.close(resolve) })
  return port
}

/** One relay per connection: `guestfwd` to an address would open a single one for all. */
const RELAY = [process.execPath, join(import.meta.dirname, 'metadata-relay.ts')]

interface Guest { emulator: ChildProcess; consolePath: string; sshPort: number }

describeGuests(`the tiny image${reason === undefined ? '' : ` (skipped: ${reason})`}`, () => {
  let folder: string
  let image: TinyImage
  let metadata: Server
  let answers: Record<string, string>
  const guests: Guest[] = []

  beforeAll(async () => {
    await ensureHostPackages([...tinyImagePackages, { name: 'qemu-system-x86', reason: 'the machine the image boots on' }, { name: 'openssh-client', reason: 'logs in with a key' }])
    folder = await mkdtemp(join(tmpdir(), 'tiny-guest-'))
    image = await buildTinyImage(join(folder, 'image'))
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'key')])
    metadata = createServer((request, response) => {
      const answer = answers[request.url ?? '']
      response.writeHead(answer === undefined ? 404 : 200).end(answer ?? '')
    })
    await new Promise<void>((resolve) => { metadata.listen(0, '127.0.0.1', resolve) })
  })
  afterAll(async () => {
    for (const { emulator } of guests) emulator.kill('SIGKILL')
    metadata.close()
    await removePath(folder)
  })

  async function boot(name: string, ...args: string[]): Promise<Guest> {
    const consolePath = join(folder, `${name}.console`)
    const sshPort = await freePort()
    const { port } = metadata.address() as AddressInfo
    const network = `user,id=n,net=169.254.0.0/16,dhcpstart=169.254.0.15,host=169.254.0.2,dns=169.254.0.3,hostfwd=tcp:127.0.0.1:${sshPort}-:22,guestfwd=tcp:169.254.169.254:80-cmd:${RELAY.join(' ')} ${port}`
    const emulator = start('qemu-system-x86_64', ['-accel', 'tcg', '-machine', 'pc', '-cpu', 'Nehalem', '-m', '128', '-display', 'none', '-no-reboot', '-netdev', network, '-device', 'virtio-net-pci,netdev=n,romfile=',
      '-serial', `file:${consolePath}`, '-monitor', `unix:${join(folder, `${name}.monitor`)},server=on,wait=off`, ...args], { stdio: 'ignore' })
    const guest = { emulator, consolePath, sshPort }
    guests.push(guest)
    return guest
  }

  async function says(guest: Guest, text: string): Promise<string> {
    const said = await eventually(async () => await readTextFile(guest.consolePath) ?? '', (all) => all.includes(text), BOOT_MS)
    expect(said).toContain(text)
    return said
  }

  async function ssh(guest: Guest, ...command: string[]): Promise<string> {
    return (await run('ssh', ['-i', join(folder, 'key'), '-p', String(guest.sshPort), '-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'LogLevel=ERROR', 'cirros@127.0.0.1', ...command], { timeoutMs: PATIENCE_MS })).stdout.trim()
  }

  it('is made once per recipe', async () => {
    const again = await buildTinyImage(join(folder, 'again'))
    expect(await readFile(again.initrd)).toEqual(await readFile(image.initrd))
    expect((await stat(image.qcow2)).size).toBeLessThan(30 * 1024 * 1024)
  })

  it('boots from its disk, gets address, name, key and user data from the network, and grows', async () => {
    const key = (await readFile(join(folder, 'key.pub'), 'utf8')).trim()
    answers = {
      '/openstack/latest/meta_data.json': JSON.stringify({ uuid: '11111111-2222-4333-8444-555555555555', hostname: 'wanda.novalocal', keys: [{ name: 'k', data: `${key}\n` }], public_keys: { k: `${key}\n` } }),
      '/openstack/latest/user_data': '#!/bin/sh\necho "I ran with $(id -u)"\n',
    }
    const disk = join(folder, 'disk.qcow2')
    await run('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', image.qcow2, '-F', 'qcow2', disk, '1G'])
    const guest = await boot('disk', '-drive', `file=${disk},if=virtio,format=qcow2`)
    const said = await says(guest, 'user-data finished rc=0')
    expect(said).toContain('metadata: openstack id=11111111-2222-4333-8444-555555555555 host=wanda ip=169.254.0.15/16')
    expect(said).toContain('user-data: I ran with 0')
    await chmod(join(folder, 'key'), 0o600)
    expect(await ssh(guest, 'hostname')).toBe('wanda')
    expect(await ssh(guest, 'sudo', 'cat', '/etc/issue')).toContain('cirros')
    expect(Number(await ssh(guest, "df -m / | tail -n 1 | awk '{ print $2 }'"))).toBeGreaterThan(900)
    expect(await ssh(guest, 'curl', '-s', 'http://169.254.169.254/openstack/latest/user_data')).toContain('I ran with')
    expect(await ssh(guest, 'lsblk', '-lb', '--nodeps')).toMatch(/TYPE.*\nvda .* disk \/\n/)
    expect(await ssh(guest, 'blkid', '-L', 'tiny-root')).toBe('/dev/vda')
    const ended = new Promise((resolve) => { guest.emulator.once('exit', resolve) })
    await ssh(guest, 'sudo', 'poweroff')
    expect(await ended).toBe(0)
  })

  it('boots from kernel and ramdisk alone, and knows the EC2 form of metadata', async () => {
    const key = (await readFile(join(folder, 'key.pub'), 'utf8')).trim()
    answers = { '/latest/meta-data/instance-id': 'i-0000002a', '/latest/meta-data/hostname': 'otto.novalocal', '/latest/meta-data/public-keys/0/openssh-key': `${key}\n` }
    const guest = await boot('ram', '-kernel', image.vmlinuz, '-initrd', image.initrd, '-append', 'console=ttyS0 quiet no_timer_check')
    expect(await says(guest, 'ready')).toContain('metadata: ec2 id=i-0000002a host=otto')
    expect(await ssh(guest, 'hostname')).toBe('otto')
  })
})
