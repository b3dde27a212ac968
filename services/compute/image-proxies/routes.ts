/** What compute passed on to image. It asked no rule of its own: image does. */
import { inHandler, route } from '#core/http/route.ts'
import { Type } from '#core/schema/schema.ts'
import { Metadata, wrapped } from '../schema/parameter-types.ts'
import { addImageMetadata, listImageMetadata, listImages, listImagesDetail, removeImage, removeImageMetadataItem, replaceImageMetadata, setImageMetadataItem, showImage, showImageMetadataItem } from './image.handlers.ts'

const IMAGES = { policy: inHandler(), versions: '2.1-2.35' }
const METADATA = { policy: inHandler(), versions: '2.1-2.38' }
const OneItem = Type.Unsafe<Record<string, string>>({ ...Metadata, minProperties: 1, maxProperties: 1 })

export const imageProxyRoutes = [
  route('GET', '/v2.1/images', listImages, IMAGES),
  route('GET', '/v2.1/images/detail', listImagesDetail, IMAGES),
  route('GET', '/v2.1/images/:id', showImage, IMAGES),
  route('DELETE', '/v2.1/images/:id', removeImage, { ...IMAGES, status: 204 }),
  route('GET', '/v2.1/images/:id/metadata', listImageMetadata, METADATA),
  route('POST', '/v2.1/images/:id/metadata', addImageMetadata, { ...METADATA, body: wrapped('metadata', Metadata) }),
  route('PUT', '/v2.1/images/:id/metadata', replaceImageMetadata, { ...METADATA, body: wrapped('metadata', Metadata) }),
  route('GET', '/v2.1/images/:id/metadata/:key', showImageMetadataItem, METADATA),
  route('PUT', '/v2.1/images/:id/metadata/:key', setImageMetadataItem, { ...METADATA, body: wrapped('meta', OneItem) }),
  route('DELETE', '/v2.1/images/:id/metadata/:key', removeImageMetadataItem, { ...METADATA, status: 204 }),
]
