/** Shapes of the server API, latest. https://docs.openstack.org/api-ref/compute/?expanded=create-server-detail */
import { Type } from '#core/schema/schema.ts'
import { closed, Description, DiskConfig, Flag, GuestHostname, HostName, IpAddress, MaybeName, Metadata, MAX_TAGS, Name, PositiveInteger, Tag, TrustedCertificates, UserDataOrNull, Uuid, VolumeSize, wrapped } from '../schema/parameter-types.ts'

const o = Type.Optional
const FlavorRef = Type.Unsafe<string | number>({ type: ['string', 'integer'], minLength: 1 })
const ImageRefOrEmpty = Type.Unsafe<string>({ oneOf: [{ type: 'string', format: 'uuid' }, { type: 'string', maxLength: 0 }] })
const AccessIpV4 = Type.String({ format: 'ipv4' })
const AccessIpV6 = Type.String({ format: 'ipv6' })

const legacyDevice = {
  virtual_name: o(Type.String({ maxLength: 255 })),
  volume_id: o(Uuid), snapshot_id: o(Uuid), volume_size: o(VolumeSize),
  device_name: o(Type.String({ minLength: 1, maxLength: 255, pattern: '^[a-zA-Z0-9._-r/]*$' })),
  delete_on_termination: o(Flag),
  no_device: o(Type.Unknown()),
  connection_info: o(Type.String({ maxLength: 16_777_215 })),
}

export const BlockDeviceV2 = closed({
  ...legacyDevice,
  source_type: o(Type.Unsafe<'volume' | 'image' | 'snapshot' | 'blank'>({ type: 'string', enum: ['volume', 'image', 'snapshot', 'blank'] })),
  uuid: o(Type.String({ minLength: 1, maxLength: 255, pattern: '^[a-zA-Z0-9._-]*$' })),
  image_id: o(Uuid),
  destination_type: o(Type.Unsafe<'local' | 'volume'>({ type: 'string', enum: ['local', 'volume'] })),
  guest_format: o(Type.String({ maxLength: 255 })), device_type: o(Type.String({ maxLength: 255 })), disk_bus: o(Type.String({ maxLength: 255 })),
  boot_index: o(Type.Unsafe<number | string | null>({ type: ['integer', 'string', 'null'], pattern: '^-?[0-9]+$' })),
  tag: o(Tag),
  volume_type: o(Type.Unsafe<string | null>({ type: ['string', 'null'], maxLength: 255 })),
})

const uuidText = { type: 'string', format: 'uuid' }
const hints = {
  group: uuidText,
  different_host: { oneOf: [uuidText, { type: 'array', items: uuidText }] },
  same_host: { type: ['string', 'array'], items: uuidText },
  query: { type: ['string', 'object'] },
  target_cell: { type: 'string', minLength: 1, maxLength: 255 },
  different_cell: { type: ['string', 'array'], items: { type: 'string' } },
  build_near_host_ip: { type: 'string', oneOf: [{ format: 'ipv4' }, { format: 'ipv6' }] },
  cidr: { type: 'string', pattern: '^/[0-9a-f.:]+$' },
}
const SchedulerHints = Type.Unsafe<Record<string, unknown>>({ type: 'object', properties: hints, additionalProperties: true })

const portRef = { oneOf: [uuidText, { type: 'null' }] }
/** One requested NIC, at three stages of the API: a free network word, with a tag, and a checked id. */
export function networkItem(options: { uuid: object; tag: boolean }): object {
  return { type: 'object', properties: { fixed_ip: IpAddress, port: portRef, uuid: options.uuid, ...(options.tag ? { tag: Tag } : {}) }, additionalProperties: false }
}
export interface RequestedNetwork { fixed_ip?: string; port?: string | null; uuid?: string; tag?: string }

export const ServerCreate = closed({
  server: closed({
    name: Name,
    imageRef: o(ImageRefOrEmpty),
    flavorRef: FlavorRef,
    adminPass: o(Type.String()),
    metadata: o(Metadata),
    networks: Type.Unsafe<RequestedNetwork[] | 'auto' | 'none'>({ oneOf: [{ type: 'array', items: networkItem({ uuid: uuidText, tag: true }) }, { type: 'string', enum: ['none', 'auto'] }] }),
    'OS-DCF:diskConfig': o(DiskConfig),
    accessIPv4: o(AccessIpV4), accessIPv6: o(AccessIpV6),
    availability_zone: o(Name),
    block_device_mapping: o(Type.Array(closed(legacyDevice))),
    block_device_mapping_v2: o(Type.Array(BlockDeviceV2)),
    config_drive: o(Flag),
    key_name: o(Name),
    min_count: o(PositiveInteger), max_count: o(PositiveInteger),
    return_reservation_id: o(Flag),
    security_groups: o(Type.Array(closed({ name: o(Name) }))),
    user_data: o(Type.String({ format: 'base64', maxLength: 65_535 })),
    description: o(Description),
    tags: o(Type.Array(Tag, { maxItems: MAX_TAGS })),
    trusted_image_certificates: o(TrustedCertificates),
    host: o(HostName), hypervisor_hostname: o(HostName),
    hostname: o(GuestHostname),
  }),
  'os:scheduler_hints': o(SchedulerHints),
  'OS-SCH-HNT:scheduler_hints': o(SchedulerHints),
})

export const ServerUpdate = wrapped('server', closed({
  name: o(Name), 'OS-DCF:diskConfig': o(DiskConfig), accessIPv4: o(AccessIpV4), accessIPv6: o(AccessIpV6), description: o(Description), hostname: o(GuestHostname),
}))

export const ServerRebuild = wrapped('rebuild', closed({
  imageRef: Uuid, name: o(Name), adminPass: o(Type.String()), metadata: o(Metadata), preserve_ephemeral: o(Flag), 'OS-DCF:diskConfig': o(DiskConfig),
  accessIPv4: o(AccessIpV4), accessIPv6: o(AccessIpV6), description: o(Description), key_name: o(MaybeName),
  user_data: o(UserDataOrNull), trusted_image_certificates: o(TrustedCertificates), hostname: o(GuestHostname),
}))

export const ServerResize = wrapped('resize', closed({ flavorRef: FlavorRef, 'OS-DCF:diskConfig': o(DiskConfig) }))
export const ServerReboot = wrapped('reboot', closed({ type: Type.Unsafe<string>({ type: 'string', enum: ['HARD', 'Hard', 'hard', 'SOFT', 'Soft', 'soft'] }) }))
export const ServerCreateImage = wrapped('createImage', closed({ name: Name, metadata: o(Metadata) }))

/** Where a flavor's older form travels, unseen by JSON, until the reply's version is known. */
export const FLAVOR_REF = Symbol('flavor by reference')
