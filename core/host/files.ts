/**
 * System files: written whole or not at all (a temporary file beside the target, then rename), so a crash never
 * leaves half a configuration for a daemon to read.
 */
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { randomUUID } from 'node:crypto'
import { dirname } from 'node:path'

export interface WriteOptions { mode?: number }

/** Writes `content` to `path` atomically and durably, making its folder where missing. */
export async function writeFileAtomic(path: string, content: string | Buffer, options: WriteOptions = {}): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const temporary = `${path}.${randomUUID().slice(0, 8)}.tmp`
  const file = await open(temporary, 'wx', options.mode ?? 0o644)
  try {
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(temporary, path)
}

/** Writes only when the content differs; answers whether it did. */
export async function writeFileIfChanged(path: string, content: string, options: WriteOptions = {}): Promise<boolean> {
  if (await readTextFile(path) === content) return false
  await writeFileAtomic(path, content, options)
  return true
}

/** The file's text, or undefined when there is none. */
export async function readTextFile(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Removes a file or folder; absent is fine. */
export async function removePath(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true })
}
