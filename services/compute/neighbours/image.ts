/** What compute asks of image: the image to boot, and new ones for snapshots. */
import { NeighbourError, type Caller, type Neighbour } from '#core/clients/neighbour.ts'

/** An image as its API shows it: known fields, and any property besides. */
export interface Image {
  id: string
  name: string | null
  status: string
  owner: string | null
  checksum: string | null
  size: number | null
  virtual_size: number | null
  min_disk: number
  min_ram: number
  disk_format: string | null
  container_format: string | null
  visibility: string
  tags: string[]
  created_at: string
  updated_at: string
  [property: string]: unknown
}

type As = 'user' | 'service'

export function imageCalls(neighbour: Neighbour) {
  return {
    /** Undefined when there is none that the caller may see. */
    async getImage(ctx: Caller, as: As, id: string): Promise<Image | undefined> {
      try {
        return (await neighbour.request<Image>(ctx, as, { method: 'GET', path: `/v2/images/${id}` })).body
      } catch (error) {
        if (error instanceof NeighbourError && (error.status === 404 || error.status === 403)) return undefined
        throw error
      }
    },

    async listImages(ctx: Caller, as: As, query: Record<string, string | undefined>): Promise<Image[]> {
      return (await neighbour.request<{ images: Image[] }>(ctx, as, { method: 'GET', path: '/v2/images', query })).body.images
    },

    /** Makes a queued image with the id that `fields` names. One that exists is answered as it is. */
    async ensureImage(ctx: Caller, as: As, fields: Record<string, unknown> & { id: string }): Promise<Image> {
      try {
        return (await neighbour.request<Image>(ctx, as, { method: 'POST', path: '/v2/images', body: fields })).body
      } catch (error) {
        const found = error instanceof NeighbourError && error.status === 409 ? await this.getImage(ctx, 'service', fields.id) : undefined
        if (found === undefined) throw error
        return found
      }
    },

    /** Gone is success; a protected one stays. */
    async deleteImage(ctx: Caller, as: As, id: string): Promise<void> {
      await neighbour.request(ctx, as, { method: 'DELETE', path: `/v2/images/${id}`, ok: [403, 404] })
    },

    /** In the user's name; throws what image refuses. */
    async removeImage(ctx: Caller, id: string): Promise<void> {
      await neighbour.request(ctx, 'user', { method: 'DELETE', path: `/v2/images/${id}` })
    },

    /** Makes the properties `before` into `after`, in the user's name; throws what image refuses. */
    async patchProperties(ctx: Caller, id: string, before: Record<string, string>, after: Record<string, string>): Promise<void> {
      const at = (name: string): string => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
      const gone = Object.keys(before).filter((name) => !Object.hasOwn(after, name)).map((name) => ({ op: 'remove', path: at(name) }))
      const set = Object.entries(after).filter(([name, value]) => before[name] !== value).map(([name, value]) => ({ op: 'add', path: at(name), value }))
      if (gone.length + set.length === 0) return
      await neighbour.request(ctx, 'user', { method: 'PATCH', path: `/v2/images/${id}`, headers: { 'content-type': 'application/openstack-images-v2.1-json-patch' }, body: [...gone, ...set] })
    },
  }
}
