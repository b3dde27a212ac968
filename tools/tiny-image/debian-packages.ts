/** Debian packages, fetched and unpacked without being installed. Fetched files are kept in a folder of the caller's. */
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '#core/host/run.ts'

/** Unpacks packages into `root`; a package that only depends on another of its name's kind stands for that one. */
export async function unpackPackages(names: readonly string[], root: string, keptIn: string): Promise<void> {
  await mkdir(keptIn, { recursive: true })
  await mkdir(root, { recursive: true })
  for (const name of names) {
    const deb = await fetchPackage(await behindMetaPackage(name), keptIn)
    await run('dpkg-deb', ['-x', deb, root], { timeoutMs: 120_000 })
  }
}

async function fetchPackage(name: string, keptIn: string): Promise<string> {
  const kept = async (): Promise<string | undefined> => (await readdir(keptIn)).filter((file) => file.startsWith(`${name}_`) && file.endsWith('.deb')).sort().at(-1)
  if (await kept() === undefined) await run('apt-get', ['download', '-q', name], { cwd: keptIn, timeoutMs: 300_000 })
  const file = await kept()
  if (file === undefined) throw new Error(`apt-get fetched no file of package ${name}; run apt-get update`)
  return join(keptIn, file)
}

/** `linux-image-cloud-amd64` → `linux-image-6.1.0-31-cloud-amd64`. Others are themselves. */
async function behindMetaPackage(name: string): Promise<string> {
  if (!name.startsWith('linux-image-')) return name
  const { stdout } = await run('apt-cache', ['depends', '--important', name])
  return /Depends: (linux-image-\S+)/.exec(stdout)?.[1] ?? name
}
