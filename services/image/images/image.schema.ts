/**
 * The image as clients see it. The same document is served at `/v2/schemas/image`, where client libraries build their
 * models from it, and checks what is sent: keys, order and limits are upstream's.
 */
import type { TSchema } from '#core/schema/schema.ts'
import { IMAGE_STATUSES } from './image.states.ts'

const DISK_FORMATS = ['ami', 'ari', 'aki', 'vhd', 'vmdk', 'raw', 'qcow2', 'vdi', 'iso', 'vhdx', 'ploop'] as const
const CONTAINER_FORMATS = ['ami', 'ari', 'aki', 'bare', 'ovf', 'ova', 'docker', 'compressed'] as const
export const VISIBILITIES = ['community', 'public', 'private', 'shared'] as const
export const ID_PATTERN = '^([0-9a-fA-F]){8}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){12}$'

const NULL_OR_STRING = ['null', 'string']
const NULL_OR_INTEGER = ['null', 'integer']

const validationData = {
  description: 'What the data must hash to. Where the image has data already, it must be exactly what the image says.',
  type: 'object', writeOnly: true, additionalProperties: false,
  properties: { checksum: { type: 'string', minLength: 32, maxLength: 32 }, os_hash_algo: { type: 'string', maxLength: 64 }, os_hash_value: { type: 'string', maxLength: 128 } },
  required: ['os_hash_algo', 'os_hash_value'],
}

export const imageProperties = {
  id: { type: 'string', description: 'An identifier for the image', pattern: ID_PATTERN },
  name: { type: NULL_OR_STRING, description: 'Descriptive name for the image', maxLength: 255 },
  status: { type: 'string', readOnly: true, description: 'Status of the image', enum: [...IMAGE_STATUSES] },
  visibility: { type: 'string', description: 'Who can see the image', enum: [...VISIBILITIES] },
  protected: { type: 'boolean', description: 'If true, the image cannot be deleted' },
  os_hidden: { type: 'boolean', description: 'If true, lists do not show the image unless asked for hidden ones' },
  checksum: { type: NULL_OR_STRING, readOnly: true, description: 'md5 of the data', maxLength: 32 },
  os_hash_algo: { type: NULL_OR_STRING, readOnly: true, description: 'Algorithm of os_hash_value', maxLength: 64 },
  os_hash_value: { type: NULL_OR_STRING, readOnly: true, description: 'Hash of the data by os_hash_algo, in hexadecimal', maxLength: 128 },
  owner: { type: NULL_OR_STRING, description: 'Owner of the image', maxLength: 255 },
  size: { type: NULL_OR_INTEGER, readOnly: true, description: 'Size of the data in bytes' },
  virtual_size: { type: NULL_OR_INTEGER, readOnly: true, description: 'Size of the disk a guest sees, in bytes' },
  container_format: { type: NULL_OR_STRING, description: 'Format of the container', enum: [null, ...CONTAINER_FORMATS] },
  disk_format: { type: NULL_OR_STRING, description: 'Format of the disk', enum: [null, ...DISK_FORMATS] },
  created_at: { type: 'string', readOnly: true, description: 'When the image was registered' },
  updated_at: { type: 'string', readOnly: true, description: 'When the image last changed' },
  tags: { type: 'array', description: 'Words attached to the image', items: { type: 'string', maxLength: 255 } },
  direct_url: { type: 'string', readOnly: true, description: 'Address of the data in an external store' },
  min_ram: { type: 'integer', description: 'Memory in MB a server needs to boot it' },
  min_disk: { type: 'integer', description: 'Disk in GB a server needs to boot it' },
  self: { type: 'string', readOnly: true, description: 'Address of the image' },
  file: { type: 'string', readOnly: true, description: 'Address of the data' },
  stores: { type: 'string', readOnly: true, description: 'Stores that hold the data, where the site has several' },
  schema: { type: 'string', readOnly: true, description: 'Address of this schema' },
  locations: {
    type: 'array',
    items: { type: 'object', properties: { url: { type: 'string', maxLength: 255 }, metadata: { type: 'object' }, validation_data: validationData }, required: ['url', 'metadata'] },
    description: 'Where the data lies in external stores',
  },
} as const

const links = [{ rel: 'self', href: '{self}' }, { rel: 'enclosure', href: '{file}' }, { rel: 'describedby', href: '{schema}' }]

/** Any further property is a string: custom properties. */
export const imageDocument = { name: 'image', properties: imageProperties, additionalProperties: { type: 'string' }, links }

/** The document as a validator: what is not an object is no image. */
export const ImageObject = { type: 'object', properties: imageProperties, additionalProperties: { type: 'string' } } as unknown as TSchema

export const READ_ONLY = new Set(['created_at', 'updated_at', 'status', 'checksum', 'size', 'virtual_size', 'direct_url', 'self', 'file', 'schema', 'id', 'os_hash_algo', 'os_hash_value', 'stores'])
/** Refused in a new image, before anything else is looked at. */
export const DISALLOWED = ['direct_url', 'self', 'file', 'schema', 'stores'] as const
export const RESERVED = new Set(['location', 'deleted', 'deleted_at'])
/** Names the service keeps for itself. */
export const RESERVED_PREFIX = 'os_glance'
/** Attributes a client may set, and their columns. */
export const WRITABLE = new Set(['name', 'visibility', 'protected', 'os_hidden', 'owner', 'container_format', 'disk_format', 'min_ram', 'min_disk', 'tags'])
