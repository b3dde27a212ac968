/**
 * All a guest may learn about itself, gathered once: the metadata trees and the config drive are views of it.
 */
import { randomBytes } from 'node:crypto'
import type { Subnet } from '#services/network/contract.ts'
import type { ComputeContext } from '../context.ts'
import { blockDevicesOf, flavorOf, metadataOf, vifsOf, type BlockDevice, type EmbeddedFlavor, type ServerRow, type Vif } from '../servers/server.row.ts'
import type { SpecExtras } from '../servers/server-spec.ts'

export interface GuestFacts {
  serverId: string
  number: number
  projectId: string
  name: string
  /** With the domain. */
  hostname: string
  launchIndex: number
  reservationId: string
  zone: string
  imageRef: string
  kernelId: string
  ramdiskId: string
  flavor: EmbeddedFlavor
  metadata: Record<string, string>
  key: { name: string; type: 'ssh' | 'x509'; data: string } | null
  userData: Buffer | null
  vifs: Vif[]
  subnets: Map<string, Subnet>
  disks: BlockDevice[]
  files: { path: string; contents: string }[]
  adminPass: string | null
  vendorData: Record<string, unknown>
  randomSeed: string
  password: string | null
}

export async function guestFacts(ctx: ComputeContext, row: ServerRow, extras: SpecExtras): Promise<GuestFacts> {
  const vifs = vifsOf(row)
  const subnetIds = [...new Set(vifs.flatMap((vif) => vif.fixedIps.map((ip) => ip.subnetId)))]
  const subnets = subnetIds.length === 0 ? [] : await ctx.clients.network.subnets.list(ctx, 'service', { id: subnetIds })
  return {
    serverId: row.id, number: row.number, projectId: row.project_id, name: row.display_name, launchIndex: row.launch_index, reservationId: row.reservation_id,
    hostname: ctx.config.dhcpDomain === '' ? row.hostname : `${row.hostname}.${ctx.config.dhcpDomain}`, zone: row.availability_zone ?? ctx.config.defaultAvailabilityZone,
    imageRef: row.image_ref, kernelId: row.kernel_id, ramdiskId: row.ramdisk_id, flavor: flavorOf(row), metadata: metadataOf(row),
    key: row.key_name === null || row.key_data === null ? null : { name: row.key_name, type: row.key_data.startsWith('-----BEGIN CERT') ? 'x509' : 'ssh', data: row.key_data },
    userData: row.user_data === null ? null : Buffer.from(row.user_data, 'base64'), vifs, subnets: new Map(subnets.map((subnet) => [subnet.id, subnet])),
    disks: blockDevicesOf(row), files: extras.files, adminPass: extras.adminPass, vendorData: ctx.config.vendordataStatic, randomSeed: randomBytes(512).toString('base64'), password: row.password,
  }
}
