/** What a host is told to make a server of it: the spec of the agent contract, from the row. */
import type { DiskSpec, NicSpec, ServerSpecType } from '../agent/compute-agent.contract.ts'
import type { ComputeContext } from '../context.ts'
import { configDriveFiles } from '../metadata/config-drive.ts'
import { serverName } from './server-name.ts'
import { blockDevicesOf, flavorOf, imageOf, vifsOf, type BlockDevice, type ImageMeta, type ServerRow, type Vif } from './server.row.ts'

export interface SpecExtras { adminPass: string | null; files: { path: string; contents: string }[] }

/** Of an image's properties none that has the form of an extra spec: what a guest is allowed is its flavor's to say. */
export async function serverSpec(ctx: ComputeContext, row: ServerRow, extras: SpecExtras = { adminPass: null, files: [] }): Promise<ServerSpecType> {
  const flavor = flavorOf(row)
  const image = imageOf(row)
  return {
    serverId: row.id, domainName: serverName(ctx, row.number), displayName: row.display_name, projectId: row.project_id, hostname: row.hostname,
    vcpus: row.vcpus, memoryMiB: row.memory_mb, disks: blockDevicesOf(row).map((device, at, all) => diskSpec(device, image, index(all, at))),
    directKernel: row.kernel_id === '' ? null : { kernelImageId: row.kernel_id, ramdiskImageId: row.ramdisk_id === '' ? null : row.ramdisk_id, commandLine: image.properties['os_command_line'] ?? 'root=/dev/vda console=tty0 console=ttyS0' },
    nics: vifsOf(row).map(nicSpec), configDrive: row.config_drive === '' ? null : await configDriveFiles(ctx, row, extras),
    properties: { ...Object.fromEntries(Object.entries(image.properties).filter(([name]) => !name.includes(':'))), ...flavor.extra_specs }, smbiosUuid: row.id,
  }
}

export function nicSpec(vif: Vif): NicSpec {
  return { portId: vif.portId, networkId: vif.networkId, macAddress: vif.mac, mtu: vif.mtu, tapName: `tap${vif.portId.slice(0, 11)}`, vifType: vif.vifType }
}

/** Disks are numbered within their role. */
function index(all: BlockDevice[], at: number): number {
  return all.slice(0, at).filter((other) => other.role === all[at]!.role).length
}

function diskSpec(device: BlockDevice, image: ImageMeta, at: number): DiskSpec {
  const source: DiskSpec['source'] = device.sourceType === 'image'
    ? { kind: 'image', imageId: image.id, checksum: image.checksum, diskFormat: image.diskFormat, sizeBytes: image.sizeBytes }
    : { kind: 'blank', ...(device.role === 'swap' || device.guestFormat === null ? {} : { fileSystem: device.guestFormat }), ...(device.role === 'ephemeral' ? { label: `ephemeral${at}` } : {}) }
  return { role: device.role, index: at, sizeMiB: device.sizeMiB, bus: device.diskBus ?? image.properties['hw_disk_bus'] ?? 'virtio', source }
}
