/** Debian packages the tiny image is built with. `installed` ones provide programs; the others are only unpacked. */
export interface ImagePackage { name: string; reason: string; installed: boolean }

const program = (name: string, reason: string): ImagePackage => ({ name, reason, installed: true })
const content = (name: string, reason: string): ImagePackage => ({ name, reason, installed: false })

export const tinyImagePackages: readonly ImagePackage[] = [
  program('qemu-utils', 'qemu-img packs the disk'),
  program('e2fsprogs', 'makes the root file system; resize2fs goes into the image'),
  program('extlinux', 'the boot loader'),
  program('syslinux-common', 'the boot loader\'s modules'),
  program('cpio', 'packs the ramdisk'),
  program('zstd', 'compresses the ramdisk'),
  program('kmod', 'finds out which kernel modules need which'),
  content('linux-image-cloud-amd64', 'the kernel; unpacked, never installed, so the host\'s boot loader stays as it is'),
  content('busybox-static', 'the whole user space'),
  content('dropbear-bin', 'the SSH server'),
  content('libtomcrypt1', 'a library of dropbear'),
  content('libtommath1', 'a library of dropbear'),
  content('libgmp10', 'a library of dropbear'),
]
