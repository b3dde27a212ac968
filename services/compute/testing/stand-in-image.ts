/** Image, as far as compute's tests need it: records in a map, no bytes. */
import { randomUUID } from 'node:crypto'
import { NeighbourError, type Neighbour, type NeighbourRequest } from '#core/clients/neighbour.ts'

export interface StandInImage extends Neighbour { images: Map<string, Record<string, unknown>>; add(fields?: Record<string, unknown>): string }

export function standInImage(): StandInImage {
  const images = new Map<string, Record<string, unknown>>()
  function add(fields: Record<string, unknown> = {}): string {
    const id = (fields['id'] as string | undefined) ?? randomUUID()
    images.set(id, {
      id, name: 'tiny', status: 'active', owner: 'alpha', checksum: 'd41d8cd98f00b204e9800998ecf8427e', size: 1024, virtual_size: 1024, min_disk: 0, min_ram: 0, disk_format: 'qcow2',
      container_format: 'bare', visibility: 'public', tags: [], created_at: '2026-01-01T00:00:00Z', updated_at: '2026-01-01T00:00:00Z', ...fields,
    })
    return id
  }
  function answer(request: NeighbourRequest): { status: number; body: unknown } {
    const id = /^\/v2\/images\/([^/]+)$/.exec(request.path)?.[1]
    if (request.method === 'POST') {
      const body = request.body as Record<string, unknown>
      if (images.has(String(body['id']))) return { status: 409, body: { message: 'taken' } }
      return { status: 201, body: images.get(add({ ...body, status: 'queued', size: null, checksum: null })) }
    }
    if (id === undefined) {
      const found = [...images.values()].filter((image) => Object.entries(request.query ?? {}).every(([k, v]) => v === undefined || ['limit', 'sort', 'visibility'].includes(k) || image[k] === v))
      return { status: 200, body: { images: request.query?.['sort'] === 'created_at:desc' ? found.toReversed() : found } }
    }
    if (!images.has(id)) return { status: 404, body: { message: `No image found with ID ${id}` } }
    if (request.method === 'DELETE') images.delete(id)
    return { status: request.method === 'DELETE' ? 204 : 200, body: images.get(id) }
  }
  return {
    type: 'image', images, add,
    async request<T>(_ctx: unknown, _as: unknown, request: NeighbourRequest) {
      const { status, body } = answer(request)
      if (status >= 400 && request.ok?.includes(status) !== true) throw new NeighbourError('image', request, status, body)
      return { status, headers: {}, body: structuredClone(body) as T }
    },
  }
}
