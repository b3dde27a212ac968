/**
 * The image service's face to the others: typed calls over its API for neighbours, and the transfer of image bytes
 * for agents on hosts.
 */
import { NeighbourError, type Caller, type Neighbour } from '#core/clients/neighbour.ts'

export { imageTransfer } from './transfer/image-transfer.ts'

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

/** Attributes and custom properties of a new image. */
export type NewImage = { id: string } & Partial<Pick<ImageRecord, 'name' | 'disk_format' | 'container_format' | 'visibility' | 'min_disk' | 'min_ram' | 'protected' | 'tags'>> & Record<string, unknown>

type As = 'user' | 'service'

export function imageClient(neighbour: Neighbour) {
  const at = (id: string): string => `/v2/images/${encodeURIComponent(id)}`

  /** Undefined when there is none that the caller may see. */
  async function get(ctx: Caller, as: As, id: string): Promise<ImageRecord | undefined> {
    const { status, body } = await neighbour.request<ImageRecord>(ctx, as, { method: 'GET', path: at(id), ok: [403, 404] })
    return status < 400 ? body : undefined
  }

  return {
    get,

    /** One page; filters as of `GET /v2/images`. */
    async list(ctx: Caller, as: As, query: Record<string, string | string[] | undefined> = {}): Promise<ImageRecord[]> {
      return (await neighbour.request<{ images: ImageRecord[] }>(ctx, as, { method: 'GET', path: '/v2/images', query })).body.images
    },

    /** Registers an image without data (`queued`) under the id it names; an agent or a client fills it. One that exists is answered as it is. */
    async ensure(ctx: Caller, as: As, image: NewImage): Promise<ImageRecord> {
      try {
        return (await neighbour.request<ImageRecord>(ctx, as, { method: 'POST', path: '/v2/images', body: image })).body
      } catch (error) {
        const found = error instanceof NeighbourError && error.status === 409 ? await get(ctx, 'service', image.id) : undefined
        if (found === undefined) throw error
        return found
      }
    },

    /** Makes the custom properties `before` into `after`. */
    async setProperties(ctx: Caller, as: As, id: string, before: Record<string, string>, after: Record<string, string>): Promise<void> {
      const pointer = (name: string): string => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
      const gone = Object.keys(before).filter((name) => !Object.hasOwn(after, name)).map((name) => ({ op: 'remove', path: pointer(name) }))
      const set = Object.entries(after).filter(([name, value]) => before[name] !== value).map(([name, value]) => ({ op: 'add', path: pointer(name), value }))
      if (gone.length + set.length === 0) return
      const headers = { 'content-type': 'application/openstack-images-v2.1-json-patch' }
      await neighbour.request(ctx, as, { method: 'PATCH', path: at(id), headers, body: [...gone, ...set] })
    },

    async remove(ctx: Caller, as: As, id: string): Promise<void> {
      await neighbour.request(ctx, as, { method: 'DELETE', path: at(id) })
    },

    /** Gone already is fine; a protected one stays. */
    async discard(ctx: Caller, as: As, id: string): Promise<void> {
      await neighbour.request(ctx, as, { method: 'DELETE', path: at(id), ok: [403, 404] })
    },
  }
}
