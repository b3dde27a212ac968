/** What the serial console of a guest that never existed would have said. */
import type { FakeGuest } from './fake-memory.ts'

/** `sectorText` is what the guest says that is all of its disk's first sector; undefined: a Linux is told of. */
export function fakeConsoleText(guest: FakeGuest, sectorText?: string): string {
  const once = ['SeaBIOS (version fake-1.0)', ...sectorText === undefined ? linuxLines(guest) : ['Booting from Hard Disk...', sectorText.trimEnd()]]
  return `${once.join('\n')}\n`.repeat(guest.boots)
}

function linuxLines({ spec, nics }: FakeGuest): string[] {
  const disks = spec.disks.map((disk, at) => `[    0.5${at}0112] virtio_blk virtio${at}: [vd${String.fromCharCode(97 + at)}] ${disk.sizeMiB * 2048} 512-byte logical blocks`)
  return [
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
