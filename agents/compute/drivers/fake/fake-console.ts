/** What the serial console of a guest that never existed would have said. */
import type { FakeGuest } from './fake-memory.ts'

export function fakeConsoleText(guest: FakeGuest): string {
  const lines: string[] = []
  for (let boot = 1; boot <= guest.boots; boot++) lines.push(...bootLines(guest))
  return `${lines.join('\n')}\n`
}

function bootLines({ spec, nics }: FakeGuest): string[] {
  const disks = spec.disks.map((disk, at) => `[    0.5${at}0112] virtio_blk virtio${at}: [vd${String.fromCharCode(97 + at)}] ${disk.sizeMiB * 2048} 512-byte logical blocks`)
  return [
    'SeaBIOS (version fake-1.0)',
    `[    0.000000] Linux version 6.1.0 (fake) Command line: console=ttyS0`,
    `[    0.000000] Memory: ${spec.memoryMiB * 1024}K available, ${spec.vcpus} CPUs`,
    ...disks,
    ...nics.map((nic, at) => `[    0.6${at}0342] virtio_net virtio${at + 8} eth${at}: ${nic.macAddress} mtu ${nic.mtu}`),
    `[    2.104511] init: instance-id ${spec.serverId}`,
    `[    2.310018] init: reached boot target on ${spec.hostname}`,
    '',
    `${spec.hostname} login: `,
  ]
}
