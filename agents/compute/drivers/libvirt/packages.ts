/** Debian packages a libvirt compute host needs, each with its reason. */
export interface HostPackage { name: string; reason: string; recommends: boolean }

const only = (name: string, reason: string): HostPackage => ({ name, reason, recommends: false })

export const libvirtPackages: readonly HostPackage[] = [
  only('qemu-system-x86', 'the emulator; without recommends, as each further emulator costs libvirt two seconds of probing'),
  only('libvirt-daemon-system', 'libvirtd and virtlogd, and the user guests run as'),
  only('libvirt-clients', 'virsh, for the operator; the driver itself speaks to the daemon\'s socket'),
  only('qemu-utils', 'qemu-img: overlays, conversions, checks'),
  only('genisoimage', 'config drives'),
  only('dosfstools', 'vfat ephemeral disks'),
  only('e2fsprogs', 'ext4 ephemeral disks'),
]

/** Programs that must be there, and the package each comes from. */
export const libvirtPrograms: Readonly<Record<string, string>> = {
  'qemu-system-x86_64': 'qemu-system-x86', libvirtd: 'libvirt-daemon-system', virtlogd: 'libvirt-daemon-system', 'qemu-img': 'qemu-utils', genisoimage: 'genisoimage',
}
