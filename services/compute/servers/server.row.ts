/** A server as it is stored, and the structures its JSON columns hold. */
import type { VmState, TaskState } from './server.states.ts'

export interface ServerRow {
  id: string
  /** Grows by one; part of the name at the hypervisor. */
  number: number
  /** Grows with every change. */
  revision: number
  project_id: string
  user_id: string
  display_name: string
  display_description: string | null
  hostname: string
  reservation_id: string
  launch_index: number
  /** '' when it boots from something else. */
  image_ref: string
  kernel_id: string
  ramdisk_id: string
  /** JSON of `ImageMeta`. */
  image_meta: string
  flavor_id: string
  /** JSON of `EmbeddedFlavor`: a flavor may be deleted, the server goes on. */
  flavor: string
  vcpus: number
  memory_mb: number
  root_gb: number
  ephemeral_gb: number
  key_name: string | null
  key_data: string | null
  /** Base64, as the user sent it. */
  user_data: string | null
  /** '' or 'True'. */
  config_drive: string
  availability_zone: string | null
  requested_zone: string | null
  host: string | null
  node: string | null
  vm_state: VmState
  task_state: TaskState | null
  power_state: number
  progress: number
  access_ip_v4: string | null
  access_ip_v6: string | null
  auto_disk_config: number
  /** `owner` or `admin`; null when unlocked. */
  locked_by: string | null
  locked_reason: string | null
  root_device_name: string
  /** JSON object of text. */
  metadata: string
  /** `,a,b,`: a tag holds no comma, so one text holds them all and `instr` finds one. */
  tags: string
  /** JSON of `Vif[]`. */
  network_info: string
  /** JSON of `BlockDevice[]`. */
  block_devices: string
  trusted_certs: string | null
  /** JSON of `ServerFault`. */
  fault: string | null
  server_group_id: string | null
  scheduler_hints: string
  /** The password the guest posted, encrypted with the user's key. */
  password: string | null
  /** JSON of `BeforeResize` while a resize waits for confirmation. */
  before_resize: string | null
  /** JSON of `Shelved`. */
  shelved: string | null
  deleted: number
  created_at: string
  updated_at: string
  launched_at: string | null
  terminated_at: string | null
  deleted_at: string | null
}

export interface EmbeddedFlavor {
  id: string
  name: string
  vcpus: number
  ram: number
  disk: number
  ephemeral: number
  /** MiB. */
  swap: number
  rxtx_factor: number
  extra_specs: Record<string, string>
}

/** What the host and later steps need of the image the server was made from. */
export interface ImageMeta {
  id: string
  name: string | null
  checksum: string | null
  sizeBytes: number
  diskFormat: string
  containerFormat: string
  minDisk: number
  minRam: number
  /** Every property that is text: `hw_disk_bus`, `os_type` … */
  properties: Record<string, string>
}

/** One plugged port: what the API shows of it without asking network. */
export interface Vif {
  portId: string
  networkId: string
  label: string
  mac: string
  mtu: number
  vifType: string
  /** A port of the user's: unbound, not deleted, at the end. */
  preserve: boolean
  tag: string | null
  fixedIps: { address: string; version: 4 | 6; subnetId: string }[]
  floatingIps: { address: string; fixedAddress: string }[]
  securityGroups: { id: string; name: string }[]
}

export interface BlockDevice {
  sourceType: 'image' | 'blank'
  destinationType: 'local'
  bootIndex: number | null
  role: 'root' | 'ephemeral' | 'swap'
  sizeGiB: number
  sizeMiB: number
  deviceName: string
  diskBus: string | null
  guestFormat: string | null
  tag: string | null
}

export interface ServerFault { code: number; message: string; details: string | null; created: string }

export function tagsOf(row: Pick<ServerRow, 'tags'>): string[] {
  return row.tags === '' ? [] : row.tags.slice(1, -1).split(',')
}

export function tagsText(tags: readonly string[]): string {
  return tags.length === 0 ? '' : `,${tags.join(',')},`
}

export function vifsOf(row: Pick<ServerRow, 'network_info'>): Vif[] {
  return row.network_info === '[]' ? [] : JSON.parse(row.network_info) as Vif[]
}

export function metadataOf(row: Pick<ServerRow, 'metadata'>): Record<string, string> {
  return row.metadata === '{}' ? {} : JSON.parse(row.metadata) as Record<string, string>
}

export function flavorOf(row: Pick<ServerRow, 'flavor'>): EmbeddedFlavor {
  return JSON.parse(row.flavor) as EmbeddedFlavor
}

export function imageOf(row: Pick<ServerRow, 'image_meta'>): ImageMeta {
  return JSON.parse(row.image_meta) as ImageMeta
}

export function blockDevicesOf(row: Pick<ServerRow, 'block_devices'>): BlockDevice[] {
  return JSON.parse(row.block_devices) as BlockDevice[]
}
