/**
 * Image bytes for an agent on a host, over HTTP. Where the service says that the data lies in a file this very host
 * can read, it is cloned instead (a reflink where the file system has them). Either way the hash is checked before a
 * download counts.
 */
import { createHash } from 'node:crypto'
import { constants, createReadStream, createWriteStream } from 'node:fs'
import { copyFile, stat } from 'node:fs/promises'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { Transform, type Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/** What a compute agent needs (`agents/compute/images.ts`). */
export interface ImageTransfer {
  /** Writes the whole image or throws; may leave a part, which the caller removes. */
  download(imageId: string, toPath: string): Promise<void>
  /** Fills an image that exists and is `queued`. */
  upload(imageId: string, fromPath: string, diskFormat: string): Promise<void>
  /** The first bytes, fewer when the image has fewer. */
  head(imageId: string, bytes: number): Promise<Buffer>
}

export interface ImageTransferOptions {
  /** Address of the image service without version: `http://host:9292`. */
  endpoint: string
  /** A valid token of a service account. */
  token: () => Promise<string>
}

interface DataRecord { size: number; checksum: string | null; os_hash_algo: string | null; os_hash_value: string | null }
interface Answer { status: number; incoming: IncomingMessage }

const READ_BYTES = 1 << 20
/** A connection on which nothing moves for so long is dead. */
const IDLE_MS = 120_000

export class TransferFailed extends Error {
  override readonly name = 'TransferFailed'
}

export function imageTransfer({ endpoint, token }: ImageTransferOptions): ImageTransfer {
  const base = endpoint.replace(/\/+$/, '').replace(/\/v2$/, '')
  const call = async (method: string, path: string, headers: Record<string, string> = {}, body?: Readable): Promise<Answer> =>
    await send(`${base}${path}`, method, { 'x-auth-token': await token(), accept: 'application/json', ...headers }, body)

  return {
    async download(imageId, toPath) {
      const path = `/v2/images/${encodeURIComponent(imageId)}`
      if (await cloneHere(call, path, toPath)) return
      const record = await readJson<DataRecord>(await call('GET', path), `image ${imageId}`)
      const { status, incoming } = await call('GET', `${path}/file`, { accept: '*/*' })
      if (status !== 200) throw await refusal(status, incoming, `image ${imageId} could not be downloaded`)
      const meter = new Meter(record)
      await pipeline(incoming, meter, createWriteStream(toPath, { highWaterMark: READ_BYTES }))
      meter.check(`image ${imageId}`)
    },
    async upload(imageId, fromPath, _diskFormat) {
      const { size } = await stat(fromPath)
      const headers = { 'content-type': 'application/octet-stream', 'content-length': String(size) }
      const { status, incoming } = await call('PUT', `/v2/images/${encodeURIComponent(imageId)}/file`, headers, createReadStream(fromPath, { highWaterMark: READ_BYTES }))
      if (status !== 204) throw await refusal(status, incoming, `image ${imageId} could not be uploaded`)
      incoming.resume()
    },
    async head(imageId, bytes) {
      const { status, incoming } = await call('GET', `/v2/images/${encodeURIComponent(imageId)}/file`, { accept: '*/*', range: `bytes=0-${bytes - 1}` })
      if (status !== 206) throw await refusal(status, incoming, `image ${imageId} could not be read`)
      return await readBytes(incoming)
    },
  }
}

type Call = (method: string, path: string) => Promise<Answer>

/** Clones the data where it lies on this host; false when it does not. */
async function cloneHere(call: Call, path: string, toPath: string): Promise<boolean> {
  const answer = await call('GET', `${path}/data-location`)
  if (answer.status !== 200) {
    answer.incoming.resume()
    return false
  }
  const found = await readJson<DataRecord & { path: string }>(answer, path)
  const here = await stat(found.path).catch(() => undefined)
  if (here === undefined || here.size !== found.size) return false
  try {
    await copyFile(found.path, toPath, constants.COPYFILE_FICLONE)
  } catch {
    return false
  }
  const meter = new Meter(found)
  await pipeline(createReadStream(toPath, { highWaterMark: READ_BYTES }), meter, async (source) => { for await (const _ of source) void _ })
  meter.check(path)
  return true
}

/** Hashes what passes. */
class Meter extends Transform {
  readonly #record: DataRecord
  readonly #hash
  #bytes = 0

  constructor(record: DataRecord) {
    super({ highWaterMark: READ_BYTES })
    this.#record = record
    this.#hash = record.os_hash_algo === 'sha512' ? createHash('sha512') : record.checksum === null ? undefined : createHash('md5')
  }

  override _transform(chunk: Buffer, _encoding: string, done: (error: null, chunk: Buffer) => void): void {
    this.#bytes += chunk.length
    this.#hash?.update(chunk)
    done(null, chunk)
  }

  check(what: string): void {
    const { size, os_hash_algo: algorithm, os_hash_value: value, checksum } = this.#record
    if (this.#bytes !== size) throw new TransferFailed(`${what} arrived with ${this.#bytes} of ${size} bytes`)
    const found = this.#hash?.digest('hex')
    const wanted = algorithm === 'sha512' ? value : checksum
    if (found !== undefined && found !== wanted) throw new TransferFailed(`${what} arrived damaged: its hash is ${found}, its record says ${wanted}`)
  }
}

/** Sends a request; resolves with the answer's head. Rejects when the connection fails before that. */
function send(url: string, method: string, headers: Record<string, string>, body: Readable | undefined): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = (url.startsWith('https:') ? httpsRequest : httpRequest)(url, { method, headers }, (incoming) => {
      answered = true
      resolve({ status: incoming.statusCode ?? 0, incoming })
    })
    let answered = false
    outgoing.setTimeout(IDLE_MS, () => outgoing.destroy(new TransferFailed(`the image service said nothing for ${IDLE_MS / 1000} s`)))
    outgoing.on('error', (error) => { if (!answered) reject(new TransferFailed(`the image service could not be reached: ${error.message}`, { cause: error })) })
    if (body === undefined) outgoing.end()
    else pipeline(body, outgoing).catch((error: unknown) => { if (!answered) outgoing.destroy(error as Error) })
  })
}

async function readBytes(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}

async function readText(incoming: IncomingMessage): Promise<string> {
  return (await readBytes(incoming)).toString()
}

async function readJson<T>({ status, incoming }: Answer, what: string): Promise<T> {
  if (status !== 200) throw await refusal(status, incoming, `${what} could not be read`)
  return JSON.parse(await readText(incoming)) as T
}

async function refusal(status: number, incoming: IncomingMessage, what: string): Promise<TransferFailed> {
  const text = await readText(incoming).catch(() => '')
  let message = text
  try {
    message = (JSON.parse(text) as { message?: string }).message ?? text
  } catch { /* not JSON: as it is */ }
  return new TransferFailed(`${what}: the image service answered ${status}. ${message.replaceAll(/<[^>]*>/g, ' ').trim().slice(0, 300)}`)
}
