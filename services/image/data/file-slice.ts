/**
 * A part of a file as the body of a reply. In process it is a stream like any other, opened when first read; the data
 * path's listener recognises it and lets its worker thread read the file instead.
 */
import { createReadStream, type ReadStream } from 'node:fs'
import { Readable } from 'node:stream'

/** Plain data, so that it crosses threads. `end` is inclusive, as in a Content-Range. */
export interface SliceOf { path: string; start: number; end: number }

const READ_BYTES = 1 << 20

export class FileSlice extends Readable {
  readonly of: SliceOf
  #file: ReadStream | undefined

  constructor(of: SliceOf) {
    super({ highWaterMark: READ_BYTES })
    this.of = of
  }

  override _read(): void {
    if (this.#file === undefined) {
      const { path, start, end } = this.of
      this.#file = createReadStream(path, { start, end, highWaterMark: READ_BYTES })
      this.#file.on('data', (chunk) => { if (!this.push(chunk)) this.#file?.pause() })
      this.#file.on('end', () => this.push(null))
      this.#file.on('error', (error) => this.destroy(error))
      return
    }
    this.#file.resume()
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#file?.destroy()
    done(error)
  }
}
