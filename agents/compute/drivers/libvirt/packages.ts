/** What a libvirt compute host needs from the distribution. */
import type { HostPackage } from '#core/host/host-package.ts'

/** To be installed without what they recommend. */
export const libvirtPackages: HostPackage[] = [
  { name: 'qemu-system-x86', reason: 'the emulator; without recommends, as each further emulator costs libvirt two seconds of probing' },
  { name: 'libvirt-daemon-system', reason: 'libvirtd and virtlogd, and the user guests run as' },
  { name: 'libvirt-clients', reason: 'virsh, for the operator; the driver itself speaks to the daemon\'s socket' },
  { name: 'qemu-utils', reason: 'qemu-img: overlays, conversions, checks' },
  { name: 'genisoimage', reason: 'config drives' },
  { name: 'dosfstools', reason: 'vfat ephemeral disks' },
  { name: 'e2fsprogs', reason: 'ext4 ephemeral disks' },
]

/** Programs that must be there, and the package each comes from. */
export const libvirtPrograms: Readonly<Record<string, string>> = {
  'qemu-system-x86_64': 'qemu-system-x86', libvirtd: 'libvirt-daemon-system', virtlogd: 'libvirt-daemon-system', 'qemu-img': 'qemu-utils', genisoimage: 'genisoimage',
}
