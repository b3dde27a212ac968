/**
 * The tiny guest image: a Linux that boots in seconds in 128 MiB, even emulated, and does what cloud guests do: DHCP,
 * metadata from the network or a config drive, SSH keys, user data, growing its root disk, obeying the power button,
 * a login prompt on the serial console (cirros / gocubsgo). Made from Debian's kernel, busybox and dropbear.
 *
 *     vmlinuz (aki) + initrd (ari)      the initrd alone is a whole system
 *     tiny.ext4 (ami, raw)              root file system for direct kernel boot
 *     tiny.qcow2                        one bootable disk: the same file system with a boot loader in its first sector
 *
 * The disk is one ext4 file system without a partition table, so growing it is `resize2fs` and nothing else.
 */
import { createHash } from 'node:crypto'
import { chmod, constants, copyFile, cp, lstat, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { run } from '#core/host/run.ts'
import { unpackPackages } from './debian-packages.ts'
import { tinyImageContents } from './packages.ts'

export interface TinyImage { qcow2: string; vmlinuz: string; initrd: string; ami: string }

const FILES = { qcow2: 'tiny.qcow2', vmlinuz: 'vmlinuz', initrd: 'initrd', ami: 'tiny.ext4' } as const

/** Kernel modules in the initrd: those needed to reach a root disk, and those for later. The cloud kernel has little built in. */
const EARLY_MODULES = ['virtio_pci', 'virtio_blk', 'virtio_net', 'button', 'evdev', 'virtio_scsi', 'sd_mod']
const LATE_MODULES = ['ata_piix', 'sr_mod', 'isofs', 'nls_cp437', 'nls_ascii', 'nls_iso8859-1', 'nls_utf8', 'vfat', 'virtio_console', 'virtio_balloon', 'virtio-rng', '8021q', 'qemu_fw_cfg']

const guestFolder = join(import.meta.dirname, 'guest')

/** Guest file → where it goes and whether it is a program. */
const PLACES: [string, string, boolean][] = [
  ['init', 'init', true], ['inittab', 'etc/inittab', false], ['rc', 'etc/rc', true], ['rc-network', 'etc/rc-network', true],
  ['udhcpc-script', 'usr/share/udhcpc/default.script', true], ['power-button', 'etc/acpi/PWRF/00000080', true],
  ['sudo', 'usr/bin/sudo', true], ['curl', 'usr/bin/curl', true], ['blkid', 'usr/bin/blkid', true], ['lsblk', 'usr/bin/lsblk', true],
  ['shutdown', 'sbin/shutdown', true], ['chpasswd', 'usr/sbin/chpasswd', true],
]

/** Where fetched packages and built images are kept, for all clouds and tests of this machine's user. */
export function tinyImageCache(): string {
  const cache = process.getuid?.() === 0 ? '/var/cache' : process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache')
  return join(cache, 'nacre', 'tiny-image')
}

/**
 * The image as the cache has it, built when this recipe never was. Files in the cache are shared and only read; with
 * `outDir` the caller gets copies of its own there. Needs root and the packages of `packages.ts`.
 */
export async function buildTinyImage(outDir?: string): Promise<TinyImage> {
  const cache = tinyImageCache()
  const built = join(cache, `tiny-${await recipeHash()}`)
  if (await stat(built).then(() => false, () => true)) await buildInto(built, join(cache, 'packages'))
  if (outDir !== undefined) await copyFiles(built, outDir)
  const file = (name: string): string => join(outDir ?? built, name)
  return { qcow2: file(FILES.qcow2), vmlinuz: file(FILES.vmlinuz), initrd: file(FILES.initrd), ami: file(FILES.ami) }
}

async function copyFiles(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true })
  for (const file of Object.values(FILES)) await copyFile(join(from, file), join(to, file), constants.COPYFILE_FICLONE)
}

/** Everything that shapes the image, but for the versions of the packages: those are fixed by the first build in a cache. */
async function recipeHash(): Promise<string> {
  const hash = createHash('sha256')
  for (const file of [...(await readdir(guestFolder)).sort().map((name) => join(guestFolder, name)), import.meta.filename, join(import.meta.dirname, 'packages.ts')]) {
    hash.update(basename(file)).update('\0').update(await readFile(file)).update('\0')
  }
  return hash.digest('hex').slice(0, 16)
}

async function buildInto(built: string, packagesDir: string): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), 'tiny-image-'))
  try {
    const unpacked = join(work, 'packages')
    const root = join(work, 'root')
    const out = join(work, 'out')
    await mkdir(out)
    await unpackPackages(tinyImageContents.map((one) => one.name), unpacked, packagesDir)
    const kernel = (await readdir(join(unpacked, 'lib/modules')))[0]!
    await copyFile(join(unpacked, 'boot', `vmlinuz-${kernel}`), join(out, FILES.vmlinuz))
    await chmod(join(out, FILES.vmlinuz), 0o644)
    await makeRoot(root, unpacked, kernel)
    await makeInitrd(root, join(work, 'initrd.cpio'), join(out, FILES.initrd))
    await copyProgram('/sbin/resize2fs', root, unpacked)
    await makeAmi(root, join(out, FILES.ami))
    await makeDisk(root, work, out)
    await mkdir(dirname(built), { recursive: true })
    const arriving = `${built}.${process.pid}`
    await cp(out, arriving, { recursive: true })
    await rename(arriving, built).catch(async (error: NodeJS.ErrnoException) => {
      // Another build of the same recipe came first.
      await rm(arriving, { recursive: true, force: true })
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
    })
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

async function makeRoot(root: string, unpacked: string, kernel: string): Promise<void> {
  const folders = ['bin', 'sbin', 'usr/bin', 'usr/sbin', 'etc/acpi/PWRF', 'etc/dropbear', 'dev', 'proc', 'sys', 'run', 'tmp', 'mnt', 'root', 'boot', 'var/lib/cloud', 'var/log', 'lib/modules', 'usr/share/udhcpc', 'newroot']
  for (const folder of folders) await mkdir(join(root, folder), { recursive: true })
  const busybox = join(root, 'bin/busybox')
  await copyFile(join(unpacked, 'bin/busybox'), busybox)
  await chmod(busybox, 0o755)
  const { stdout } = await run(busybox, ['--list'])
  for (const applet of stdout.split('\n').filter((name) => name !== '' && !/^(busybox|dpkg|rpm)/.test(name))) await symlink('/bin/busybox', join(root, 'bin', applet))
  await symlink('/bin/busybox', join(root, 'sbin/init'))
  await copyProgram(join(unpacked, 'usr/sbin/dropbear'), root, unpacked)
  await placeModules(root, unpacked, kernel)
  for (const [from, to, executable] of PLACES) {
    await copyFile(join(guestFolder, from), join(root, to))
    await chmod(join(root, to), executable ? 0o755 : 0o644)
  }
  await symlink('/usr/share/udhcpc', join(root, 'etc/udhcpc'))
  await symlink('/run', join(root, 'var/run'))
  await writeAccounts(root, busybox, kernel)
}

async function writeAccounts(root: string, busybox: string, kernel: string): Promise<void> {
  const hash = (await run(busybox, ['mkpasswd', '-m', 'sha256', 'gocubsgo', 'tinytinytiny'])).stdout.trim()
  const files: Record<string, string> = {
    'etc/passwd': 'root:x:0:0:root:/root:/bin/sh\ncirros:x:0:0:cirros:/root:/bin/sh\n',
    'etc/shadow': `root:*:19000::::::\ncirros:${hash}:19000::::::\n`,
    'etc/group': 'root:x:0:\ntty:x:5:\n', 'etc/shells': '/bin/sh\n', 'etc/hosts': '127.0.0.1 localhost\n',
    'etc/nsswitch.conf': 'passwd: files\ngroup: files\nshadow: files\nhosts: files dns\n',
    'etc/issue': `tiny, Linux ${kernel}\n\\n: log in as cirros with password gocubsgo\n`,
  }
  for (const [path, content] of Object.entries(files)) await writeFile(join(root, path), content)
  await chmod(join(root, 'etc/shadow'), 0o600)
}

/** A dynamic program with its libraries, from the unpacked packages first and this host second. */
async function copyProgram(program: string, root: string, unpacked: string): Promise<void> {
  const to = join(root, 'usr/sbin', basename(program))
  await copyFile(program, to)
  await chmod(to, 0o755)
  const libraries = ['usr/lib/x86_64-linux-gnu', 'lib/x86_64-linux-gnu'].map((folder) => join(unpacked, folder)).join(':')
  const { stdout } = await run('ldd', [program], { env: { LD_LIBRARY_PATH: libraries } })
  for (const [, path] of stdout.matchAll(/(\/[^ ]+) \(0x/g)) {
    // The loader has a fixed place; libraries go where it looks for them.
    const place = path!.includes('ld-linux') ? join(root, 'lib64', basename(path!)) : join(root, 'lib/x86_64-linux-gnu', basename(path!))
    await mkdir(dirname(place), { recursive: true })
    await copyFile(path!, place)
    await chmod(place, 0o755)
  }
}

/** Kernel modules with what they depend on, and two lists in the order of loading. */
async function placeModules(root: string, unpacked: string, kernel: string): Promise<void> {
  await run('depmod', ['-b', unpacked, kernel], { timeoutMs: 120_000 })
  const inOrder = async (modules: string[]): Promise<string[]> => {
    const paths: string[] = []
    for (const name of modules) {
      const { stdout } = await run('modprobe', ['-d', unpacked, '-S', kernel, '--show-depends', name])
      paths.push(...[...stdout.matchAll(/^insmod (\S+)/gm)].map((found) => found[1]!))
    }
    return [...new Set(paths)]
  }
  const early = await inOrder(EARLY_MODULES)
  const late = (await inOrder(LATE_MODULES)).filter((path) => !early.includes(path))
  for (const path of [...early, ...late]) await copyFile(path, join(root, 'lib/modules', basename(path)))
  await writeFile(join(root, 'lib/modules/early'), early.map((path) => `${basename(path)}\n`).join(''))
  await writeFile(join(root, 'lib/modules/late'), late.map((path) => `${basename(path)}\n`).join(''))
}

async function makeInitrd(root: string, archive: string, to: string): Promise<void> {
  const entries = ['.', ...await readdir(root, { recursive: true })].sort()
  await run('cpio', ['-o', '-H', 'newc', '-R', '0:0', '--quiet', '-O', archive], { cwd: root, input: `${entries.join('\n')}\n` })
  await run('zstd', ['-q', '-3', '-f', archive, '-o', to])
}

async function sizeMiB(folder: string): Promise<number> {
  let bytes = 0
  for (const entry of await readdir(folder, { recursive: true })) bytes += (await lstat(join(folder, entry))).size + 1024
  return Math.ceil(bytes / 1024 / 1024)
}

async function makeFileSystem(root: string, path: string, features: string, roomMiB: number): Promise<void> {
  await run('mke2fs', ['-q', '-t', 'ext4', '-O', features, '-m', '0', '-L', 'tiny-root', '-E', 'root_owner=0:0', '-d', root, path, `${await sizeMiB(root) + roomMiB}M`])
}

async function makeAmi(root: string, to: string): Promise<void> {
  await makeFileSystem(root, to, '^has_journal,resize_inode', 24)
}

/**
 * Kernel and ramdisk are copied into the mounted file system, not laid in by mke2fs, which leaves holes that the boot
 * loader cannot read. The mount lives in a namespace of its own and ends with it, whatever happens.
 */
async function makeDisk(root: string, work: string, out: string): Promise<void> {
  const disk = join(work, 'disk.raw')
  const mountPoint = join(work, 'mounted')
  await mkdir(join(root, 'boot/extlinux'), { recursive: true })
  await mkdir(mountPoint)
  await copyFile(join(guestFolder, 'extlinux.conf'), join(root, 'boot/extlinux/extlinux.conf'))
  await makeFileSystem(root, disk, '^has_journal,^64bit,resize_inode', 44)
  await run('unshare', ['--mount', 'sh', '-c', INSTALL_LOADER, 'sh', disk, mountPoint, join(out, FILES.vmlinuz), join(out, FILES.initrd)], { timeoutMs: 120_000 })
  await run('qemu-img', ['convert', '-c', '-O', 'qcow2', disk, join(out, FILES.qcow2)], { timeoutMs: 300_000 })
}

const INSTALL_LOADER = `set -e
mount -o loop "$1" "$2"
cp "$3" "$2/boot/vmlinuz"
cp "$4" "$2/boot/initrd"
extlinux --install "$2/boot/extlinux"
umount "$2"`
