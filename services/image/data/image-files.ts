/**
 * Where image data lies. A file gets its final name last, so what stands under an image's id is whole:
 *
 *     <state>/images/<image id>                        data of active images
 *     <state>/images/incoming/<image id>.<upload id>   an upload under way
 *     <state>/images/staging/<image id>                staged data that waits for its import
 */
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

export interface IncomingFile { path: string; imageId: string; uploadId: string; changedMs: number }
export interface PlacedFile { path: string; imageId: string; changedMs: number }

export class ImageFiles {
  #root = ''

  /** Makes the folders; called once, before anything else. */
  async open(root: string): Promise<void> {
    this.#root = root
    for (const folder of [this.#incoming, this.#staging]) await mkdir(folder, { recursive: true, mode: 0o750 })
  }

  get #incoming(): string { return join(this.#root, 'incoming') }
  get #staging(): string { return join(this.#root, 'staging') }

  imagePath(imageId: string): string { return join(this.#root, idOf(imageId)) }
  incomingPath(imageId: string, uploadId: string): string { return join(this.#incoming, `${idOf(imageId)}.${idOf(uploadId)}`) }
  stagingPath(imageId: string): string { return join(this.#staging, idOf(imageId)) }

  /** An upload becomes the image's data. */
  async place(imageId: string, uploadId: string): Promise<void> {
    await rename(this.incomingPath(imageId, uploadId), this.imagePath(imageId))
  }

  /** An upload becomes staged data. */
  async stage(imageId: string, uploadId: string): Promise<void> {
    await rename(this.incomingPath(imageId, uploadId), this.stagingPath(imageId))
  }

  /** Staged data becomes the image's data; done already is fine. */
  async placeStaged(imageId: string): Promise<void> {
    await rename(this.stagingPath(imageId), this.imagePath(imageId)).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT' || await sizeOfFile(this.imagePath(imageId)) === undefined) throw error
    })
  }

  /** Removes all data of an image but an upload under way, which removes itself; absent is fine. */
  async remove(imageId: string): Promise<void> {
    await rm(this.imagePath(imageId), { force: true })
    await rm(this.stagingPath(imageId), { force: true })
  }

  async removeStaged(imageId: string): Promise<void> { await rm(this.stagingPath(imageId), { force: true }) }
  async removeIncoming(imageId: string, uploadId: string): Promise<void> { await rm(this.incomingPath(imageId, uploadId), { force: true }) }

  async sizeBytes(imageId: string): Promise<number | undefined> { return await sizeOfFile(this.imagePath(imageId)) }
  async stagedSizeBytes(imageId: string): Promise<number | undefined> { return await sizeOfFile(this.stagingPath(imageId)) }

  async listIncoming(): Promise<IncomingFile[]> {
    const files = await listFolder(this.#incoming)
    return files.flatMap(({ name, ...file }) => {
      const [imageId, uploadId] = name.split('.') as [string, string?]
      return ID.test(imageId) && uploadId !== undefined ? [{ ...file, imageId, uploadId }] : []
    })
  }

  async listPlaced(): Promise<PlacedFile[]> { return placed(await listFolder(this.#root)) }
  async listStaged(): Promise<PlacedFile[]> { return placed(await listFolder(this.#staging)) }
}

function idOf(id: string): string {
  if (!ID.test(id)) throw new Error(`${JSON.stringify(id)} is not an id`)
  return id
}

function placed(files: { name: string; path: string; changedMs: number }[]): PlacedFile[] {
  return files.filter((f) => ID.test(f.name)).map(({ name, path, changedMs }) => ({ path, changedMs, imageId: name }))
}

async function sizeOfFile(path: string): Promise<number | undefined> {
  return await stat(path).then((s) => s.size, () => undefined)
}

async function listFolder(folder: string): Promise<{ name: string; path: string; changedMs: number }[]> {
  const found: { name: string; path: string; changedMs: number }[] = []
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(folder, entry.name)
    const changedMs = await stat(path).then((s) => s.mtimeMs, () => undefined)
    if (changedMs !== undefined) found.push({ name: entry.name, path, changedMs })
  }
  return found
}
