/** An image in compute's older shape. */
import { imageProperties, type ImageRecord } from '#services/image/contract.ts'
import { resourceLinks, type Links } from '../links.ts'

const STATUSES: Record<string, string> = { active: 'ACTIVE', queued: 'SAVING', saving: 'SAVING', uploading: 'SAVING', importing: 'SAVING', deleted: 'DELETED', pending_delete: 'DELETED', killed: 'ERROR' }
const PROGRESS: Record<string, number> = { queued: 25, saving: 50, active: 100 }

export function propertiesOf(image: ImageRecord): Record<string, string> {
  return imageProperties(image)
}

export function imageBrief(links: Links, image: ImageRecord): object {
  return { id: image.id, name: image.name, links: [...resourceLinks(links, 'images', image.id), alternate(links, image.id)] }
}

function alternate(links: Links, id: string): object {
  return { rel: 'alternate', type: 'application/vnd.openstack.image', href: `${links.bookmark}/images/${id}` }
}

export function imageDetail(links: Links, image: ImageRecord): object {
  const metadata = propertiesOf(image)
  const server = metadata['instance_uuid']
  const diskConfig = metadata['auto_disk_config']
  return {
    id: image.id, name: image.name, minRam: image.min_ram, minDisk: image.min_disk, metadata, created: image.created_at, updated: image.updated_at,
    status: STATUSES[image.status] ?? 'UNKNOWN', progress: PROGRESS[image.status] ?? 0, 'OS-EXT-IMG-SIZE:size': image.size ?? 0,
    links: [...resourceLinks(links, 'images', image.id), alternate(links, image.id)],
    ...(server === undefined ? {} : { server: { id: server, links: resourceLinks(links, 'servers', server) } }),
    ...(diskConfig === undefined ? {} : { 'OS-DCF:diskConfig': diskConfig.toLowerCase() === 'true' || diskConfig === '1' ? 'AUTO' : 'MANUAL' }),
  }
}
