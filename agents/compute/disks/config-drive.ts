/**
 * The config drive: an ISO 9660 image labelled `config-2` with the metadata as files, as guests look for it
 * (docs.openstack.org/nova, "Config drives"). Rock Ridge keeps the names for Linux, Joliet for others. The files may
 * hold passwords, so they lie in a folder only root can read, for as long as the image is made.
 */
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { dirname, join, normalize } from 'node:path'
import { run } from '#core/host/run.ts'
import { UnsupportedSpec } from '../errors.ts'

export interface ConfigDriveFile { path: string; contentBase64: string }

export async function makeConfigDrive(toPath: string, files: readonly ConfigDriveFile[]): Promise<void> {
  const tree = await mkdtemp(join(dirname(toPath), '.config-drive-'))
  try {
    for (const file of files) await writeInside(tree, file)
    await run('genisoimage', ['-quiet', '-o', toPath, '-ldots', '-allow-lowercase', '-allow-multidot', '-l', '-J', '-R', '-V', 'config-2', tree])
    await chmod(toPath, 0o600)
  } finally {
    await rm(tree, { recursive: true, force: true })
  }
}

async function writeInside(tree: string, file: ConfigDriveFile): Promise<void> {
  const inside = normalize(file.path).replace(/^\/+/, '')
  if (inside.startsWith('..') || inside === '' || inside === '.') throw new UnsupportedSpec(`${JSON.stringify(file.path)} is no path inside a config drive`)
  const path = join(tree, inside)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, Buffer.from(file.contentBase64, 'base64'))
}
