/** Debian packages the tiny image is built with: those that build it, and those it is made of. */
import type { HostPackage } from '#core/host/host-package.ts'

/** To be installed. */
export const tinyImagePackages: HostPackage[] = [
  { name: 'qemu-utils', reason: 'qemu-img packs the disk' },
  { name: 'e2fsprogs', reason: 'makes the root file system; resize2fs goes into the image' },
  { name: 'extlinux', reason: 'the boot loader' },
  { name: 'syslinux-common', reason: 'the boot loader\'s modules' },
  { name: 'cpio', reason: 'packs the ramdisk' },
  { name: 'zstd', reason: 'compresses the ramdisk' },
  { name: 'kmod', reason: 'finds out which kernel modules need which' },
]

/** Fetched and unpacked, never installed: a kernel package would change the host's boot loader, busybox its own. */
export const tinyImageContents: HostPackage[] = [
  { name: 'linux-image-cloud-amd64', reason: 'the kernel' },
  { name: 'busybox-static', reason: 'the whole user space' },
  { name: 'dropbear-bin', reason: 'the SSH server' },
  { name: 'libtomcrypt1', reason: 'a library of dropbear' },
  { name: 'libtommath1', reason: 'a library of dropbear' },
  { name: 'libgmp10', reason: 'a library of dropbear' },
]
