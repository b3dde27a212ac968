/**
 * The disks of a server. Without a mapping: the root disk from the image, an ephemeral disk and swap as the flavor
 * grants them. A mapping may spread the ephemeral grant over several disks. Volumes are refused: there is no block
 * storage service in this cloud.
 */
import type { Static } from '#core/schema/schema.ts'
import { errors } from '../errors.ts'
import type { FlavorRow } from '../flavors/flavor.store.ts'
import { toInteger } from '../schema/read-values.ts'
import type { BlockDeviceV2 } from './server.schema.ts'
import type { BlockDevice } from './server.row.ts'

export type GivenDevice = Static<typeof BlockDeviceV2>
export interface GivenDevices { legacy: object[]; mapping: GivenDevice[]; imageRef: string }

const NO_VOLUMES = 'volumes need the block storage service, which this cloud does not have; boot from an image with local disks instead'

/** The image to boot from: `imageRef`, or the mapping's first device. Throws 400. */
export function bootImageOf(given: GivenDevices): string {
  if (given.legacy.length > 0 && given.mapping.length > 0) throw errors.BadRequest({ message: 'Using different block_device_mapping syntaxes is not allowed in the same request.' })
  if (given.legacy.length > 0 || given.mapping.some(isVolume)) throw errors.InvalidBlockDevice({ details: NO_VOLUMES })
  const boot = given.mapping.find((device) => bootIndex(device) === 0)
  const fromMapping = boot?.source_type === 'image' ? (boot.uuid ?? boot.image_id) : undefined
  const id = given.imageRef === '' ? fromMapping : given.imageRef
  if (id === undefined || id === '') {
    if (given.mapping.length > 0) throw errors.InvalidBootSequence()
    throw errors.ImageRequired()
  }
  if (fromMapping !== undefined && given.imageRef !== '' && fromMapping !== given.imageRef) throw errors.InvalidBootSequence()
  return id
}

function isVolume(device: GivenDevice): boolean {
  const kind = device.source_type
  return kind === 'volume' || kind === 'snapshot' || device.volume_id !== undefined || device.snapshot_id !== undefined || device.destination_type === 'volume'
}

function bootIndex(device: GivenDevice): number | null {
  const given = device.boot_index
  return given === undefined || given === null ? null : toInteger(given)
}

/** Lays out the disks. Throws 400 when the mapping makes no sense or wants more than the flavor grants. */
export function layOutDisks(given: GivenDevices, flavor: Pick<FlavorRow, 'root_gb' | 'ephemeral_gb' | 'swap'>): BlockDevice[] {
  for (const device of given.mapping) checkDevice(device)
  const indexes = given.mapping.map(bootIndex).filter((index) => index !== null && index >= 0)
  if (new Set(indexes).size !== indexes.length || (indexes.length > 0 && Math.min(...indexes as number[]) !== 0)) throw errors.InvalidBootSequence()
  const blanks = given.mapping.filter((device) => device.source_type === 'blank')
  const swaps = blanks.filter((device) => device.guest_format === 'swap')
  const ephemerals = blanks.filter((device) => device.guest_format !== 'swap')
  const root = given.mapping.find((device) => device.source_type === 'image')
  const disks: BlockDevice[] = [disk('root', 'image', flavor.root_gb, 0, root)]
  if (ephemerals.length === 0 && flavor.ephemeral_gb > 0) disks.push(disk('ephemeral', 'blank', flavor.ephemeral_gb, null, undefined))
  for (const device of ephemerals) disks.push(disk('ephemeral', 'blank', device.volume_size === undefined ? flavor.ephemeral_gb : toInteger(device.volume_size), null, device))
  if (sum(disks.filter((d) => d.role === 'ephemeral')) > flavor.ephemeral_gb) throw errors.EphemeralTooLarge()
  const swapMiB = swaps[0]?.volume_size === undefined ? flavor.swap : toInteger(swaps[0].volume_size)
  if (swaps.length > 1 || swapMiB > flavor.swap) throw errors.SwapTooLarge()
  if (swapMiB > 0) disks.push({ ...disk('swap', 'blank', 0, null, swaps[0]), sizeMiB: swapMiB })
  return disks.map((d, at) => ({ ...d, deviceName: `/dev/vd${String.fromCharCode(97 + at)}` }))
}

function checkDevice(device: GivenDevice): void {
  if (device.source_type === undefined) throw errors.InvalidBlockDevice({ details: "Invalid or missing source_type" })
  if (device.source_type === 'blank' && device.uuid !== undefined) throw errors.InvalidBlockDevice({ details: 'Invalid or missing uuid: a blank device has none.' })
  if (device.source_type === 'image' && bootIndex(device) !== 0) throw errors.InvalidBlockDevice({ details: 'Mapping image to local is not supported.' })
}

function sum(disks: BlockDevice[]): number {
  return disks.reduce((total, d) => total + d.sizeGiB, 0)
}

function disk(role: BlockDevice['role'], sourceType: BlockDevice['sourceType'], sizeGiB: number, bootIndexOf: number | null, device: GivenDevice | undefined): BlockDevice {
  return {
    sourceType, destinationType: 'local', bootIndex: bootIndexOf, role, sizeGiB, sizeMiB: sizeGiB * 1024, deviceName: '',
    diskBus: device?.disk_bus ?? null, guestFormat: device?.guest_format ?? null, tag: device?.tag ?? null,
  }
}
