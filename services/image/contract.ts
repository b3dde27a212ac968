/**
 * The image service's face to the others: typed calls over its API for neighbours, and the transfer of image bytes
 * for agents on hosts.
 */
import type { Caller, Neighbour } from '#core/clients/neighbour.ts'

export { imageTransfer, type ImageTransfer, type ImageTransferOptions } from './transfer/image-transfer.ts'

/** An image as the API answers it; custom properties stand beside the attributes. */
export interface ImageRecord {
  id: string
  name: string | null
  status: 'queued' | 'saving' | 'active' | 'killed' | 'deleted' | 'uploading' | 'importing' | 'pending_delete' | 'deactivated'
  visibility: 'public' | 'private' | 'shared' | 'community'
  owner: string | null
  disk_format: string | null
  container_format: string | null
  /** Bytes; null until there is data. */
  size: number | null
  /** Bytes a guest sees; null where unknown. */
  virtual_size: number | null
  /** md5 of the data. */
  checksum: string | null
  os_hash_algo: string | null
  os_hash_value: string | null
  /** GB */
  min_disk: number
  /** MB */
  min_ram: number
  protected: boolean
  os_hidden: boolean
  created_at: string
  updated_at: string
  tags: string[]
  [property: string]: unknown
}

const ATTRIBUTES = new Set(['id', 'name', 'status', 'visibility', 'owner', 'disk_format', 'container_format', 'size', 'virtual_size', 'checksum', 'os_hash_algo', 'os_hash_value',
  'min_disk', 'min_ram', 'protected', 'os_hidden', 'created_at', 'updated_at', 'tags', 'self', 'file', 'schema', 'stores', 'locations', 'direct_url'])

/** The custom properties of an image: what is no attribute. */
export function imageProperties(image: ImageRecord): Record<string, string> {
  return Object.fromEntries(Object.entries(image).filter(([name, value]) => !ATTRIBUTES.has(name) && typeof value === 'string')) as Record<string, string>
}

export interface NewImage {
  id?: string
  name?: string | null
  owner?: string
  disk_format?: string
  container_format?: string
  visibility?: ImageRecord['visibility']
  min_disk?: number
  min_ram?: number
  protected?: boolean
  tags?: string[]
  [property: string]: unknown
}

type As = 'user' | 'service'

export interface ImageClient {
  /** Undefined when there is none that the caller can see. */
  get(ctx: Caller, id: string, as?: As): Promise<ImageRecord | undefined>
  /** One page; filters as of `GET /v2/images`. */
  list(ctx: Caller, query?: Record<string, string | string[] | undefined>, as?: As): Promise<ImageRecord[]>
  /** Registers an image without data (`queued`); an agent or a client fills it. */
  create(ctx: Caller, image: NewImage, as?: As): Promise<ImageRecord>
  /** Sets attributes and custom properties; `null` takes a custom property away. */
  update(ctx: Caller, id: string, changes: Record<string, unknown>, as?: As): Promise<ImageRecord>
  /** Gone already is fine. */
  delete(ctx: Caller, id: string, as?: As): Promise<void>
  /** Lifts its protection first: for what a failed snapshot leaves. Gone already is fine. */
  discard(ctx: Caller, id: string): Promise<void>
}

export function imageClient(neighbour: Neighbour): ImageClient {
  const at = (id: string): string => `/v2/images/${encodeURIComponent(id)}`
  const client: ImageClient = {
    async get(ctx, id, as = 'user') {
      const { status, body } = await neighbour.request<ImageRecord>(ctx, as, { method: 'GET', path: at(id), ok: [404] })
      return status === 404 ? undefined : body
    },
    async list(ctx, query = {}, as = 'user') {
      const { body } = await neighbour.request<{ images: ImageRecord[] }>(ctx, as, { method: 'GET', path: '/v2/images', query })
      return body.images
    },
    async create(ctx, image, as = 'user') {
      return (await neighbour.request<ImageRecord>(ctx, as, { method: 'POST', path: '/v2/images', body: image })).body
    },
    async update(ctx, id, changes, as = 'service') {
      const patch = Object.entries(changes).map(([name, value]) => {
        const path = `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
        return value === null && !ATTRIBUTES.has(name) ? { op: 'remove', path } : { op: 'add', path, value }
      })
      const headers = { 'content-type': 'application/openstack-images-v2.1-json-patch' }
      return (await neighbour.request<ImageRecord>(ctx, as, { method: 'PATCH', path: at(id), body: patch, headers })).body
    },
    async delete(ctx, id, as = 'service') {
      await neighbour.request(ctx, as, { method: 'DELETE', path: at(id), ok: [404] })
    },
    async discard(ctx, id) {
      const image = await client.get(ctx, id, 'service')
      if (image === undefined) return
      if (image.protected) await client.update(ctx, id, { protected: false })
      await client.delete(ctx, id)
    },
  }
  return client
}
