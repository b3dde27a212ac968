/**
 * The domain XML of a server (libvirt.org/formatdomain.html). Guests look the way OpenStack's do: the SMBIOS names that
 * cloud-init recognises, virtio by default, a serial console kept in a file, VNC on a socket of its own.
 * Image properties and extra specs that shape it are those of docs.openstack.org/nova "useful image properties".
 */
import type { DiskSpec, NicSpec } from '#services/compute/agent/compute-agent.contract.ts'
import { UnsupportedSpec } from '../../errors.ts'
import type { DiskFile, GuestPlan, ServerFiles } from '../driver.ts'
import type { Acceleration } from './acceleration.ts'
import { cpuTopology, cpuTune, diskTune, nicBandwidth } from './domain-limits.ts'

export interface DomainOptions { acceleration: Acceleration; serialSocketPath: string }

export function domainXml(plan: GuestPlan, options: DomainOptions): string {
  const { spec, files } = plan
  if (files === null) throw new UnsupportedSpec('a libvirt guest needs files')
  const property = (name: string): string | undefined => spec.properties[name]
  return `<domain type='${options.acceleration}'>
  <name>${text(spec.domainName)}</name>
  <uuid>${text(spec.serverId)}</uuid>
  <metadata><nova:instance xmlns:nova='http://openstack.org/xmlns/libvirt/nova/1.1'><nova:name>${text(spec.displayName)}</nova:name><nova:owner><nova:project uuid='${text(spec.projectId)}'/></nova:owner></nova:instance></metadata>
  <memory unit='MiB'>${spec.memoryMiB}</memory>
  <vcpu>${spec.vcpus}</vcpu>
  ${cpuTune(property)}
  <sysinfo type='smbios'><system><entry name='manufacturer'>OpenStack Foundation</entry><entry name='product'>OpenStack Nova</entry><entry name='serial'>${text(spec.smbiosUuid)}</entry><entry name='uuid'>${text(spec.serverId)}</entry><entry name='family'>Virtual Machine</entry></system></sysinfo>
  <os><type arch='x86_64' machine='${text(property('hw_machine_type') ?? 'pc')}'>hvm</type>${boot(plan, files, options)}<smbios mode='sysinfo'/></os>
  <features><acpi/><apic/></features>
  ${cpuXml(options.acceleration, cpuTopology(spec.vcpus, property))}
  <clock offset='utc'><timer name='pit' tickpolicy='delay'/><timer name='rtc' tickpolicy='catchup'/><timer name='hpet' present='no'/></clock>
  <on_poweroff>destroy</on_poweroff><on_reboot>restart</on_reboot><on_crash>destroy</on_crash>
  <devices>
    ${[...diskXmls(files, property('hw_cdrom_bus') ?? 'ide', diskTune(property)), ...controllers(spec.disks, property), ...spec.nics.map((nic) => nicXml(nic, property('hw_vif_model'), nicBandwidth(property)))].join('\n    ')}
    <serial type='unix'><source mode='bind' path='${text(options.serialSocketPath)}'/><log file='${text(files.consoleLogPath)}' append='off'/><target port='0'/></serial>
    <console type='unix'><target type='serial' port='0'/></console>
    <graphics type='vnc'><listen type='socket'/></graphics>
    <video><model type='${text(property('hw_video_model') ?? 'vga')}'/></video>
    <memballoon model='virtio'><stats period='10'/></memballoon>
    ${optionalDevices(property)}
  </devices>
</domain>
`
}

/** A NIC whose tap libvirt makes and whoever wires networks finds. */
export function nicXml(nic: NicSpec, model = 'virtio', bandwidth = ''): string {
  return `<interface type='ethernet'><mac address='${text(nic.macAddress)}'/><target dev='${text(nic.tapName)}'/><model type='${text(model)}'/><rom enabled='no'/>${bandwidth}${nic.mtu > 0 ? `<mtu size='${nic.mtu}'/>` : ''}</interface>`
}

/** The model of the NICs a domain has, for one more; virtio where it has none. */
export function nicModel(xml: string): string {
  return /<interface [\s\S]*?<model type='([^']+)'/.exec(xml)?.[1] ?? 'virtio'
}

/** Whether a domain's XML has the NIC. */
export function hasNic(xml: string, nic: NicSpec): boolean {
  return xml.includes(`<mac address='${nic.macAddress.toLowerCase()}'/>`)
}

/** The MAC addresses of a domain's NICs, in libvirt's order. */
export function macAddresses(xml: string): string[] {
  return [...xml.matchAll(/<mac address='([^']+)'\/>/g)].map((found) => found[1]!)
}

/** Name of the root disk in the guest (`vda`). */
export function rootTarget(files: ServerFiles): string {
  return targets(files, 'ide')[0]!.target
}

/** Where VNC listens, as libvirtd sees the path; undefined when it does not run. */
export function vncSocketPath(xml: string): string | undefined {
  return /<graphics type='vnc'[^>]*\ssocket='([^']+)'/.exec(xml)?.[1]
}

function cpuXml(acceleration: Acceleration, topology: string): string {
  return acceleration === 'kvm' ? `<cpu mode='host-model' check='partial'>${topology}</cpu>` : `<cpu mode='custom' match='exact' check='none'><model fallback='allow'>Nehalem</model>${topology}</cpu>`
}

/** A guest on a loaded, emulated machine may miss timer ticks while it looks for them. */
function kernelCommandLine(given: string, acceleration: Acceleration): string {
  return acceleration === 'kvm' || given.includes('no_timer_check') ? given : `${given} no_timer_check`
}

function boot({ spec }: GuestPlan, files: ServerFiles, options: DomainOptions): string {
  // A disk that says it boots first makes its own mention; the two ways exclude each other.
  if (spec.directKernel === null) return spec.disks.some((disk) => disk.bootFirst === true) ? '' : "<boot dev='hd'/>"
  const ramdisk = files.ramdiskPath === null ? '' : `<initrd>${text(files.ramdiskPath)}</initrd>`
  return `<kernel>${text(files.kernelPath!)}</kernel>${ramdisk}<cmdline>${text(kernelCommandLine(spec.directKernel.commandLine, options.acceleration))}</cmdline>`
}

const PREFIX: Record<string, string> = { virtio: 'vd', scsi: 'sd', sata: 'sd', usb: 'sd', ide: 'hd' }

interface Target { path: string; format: string; bus: string; target: string; device: 'disk' | 'cdrom'; bootFirst?: boolean }

/** Names every disk: letters count per prefix, in the order given, the config drive last. */
function targets(files: ServerFiles, cdromBus: string): Target[] {
  const used: Record<string, number> = {}
  const name = (bus: string): string => {
    const prefix = PREFIX[bus]
    if (prefix === undefined) throw new UnsupportedSpec(`there is no disk bus ${bus}; use ${Object.keys(PREFIX).join(', ')}`)
    used[prefix] = (used[prefix] ?? -1) + 1
    return prefix + String.fromCharCode(97 + used[prefix])
  }
  const disks = files.disks.map((file: DiskFile) => ({ path: file.path, format: file.format, bus: file.disk.bus, target: name(file.disk.bus), device: file.disk.device ?? 'disk' as const, bootFirst: file.disk.bootFirst }))
  if (files.configDrivePath === null) return disks
  const device = cdromBus === 'virtio' ? 'disk' as const : 'cdrom' as const
  return [...disks, { path: files.configDrivePath, format: 'raw', bus: cdromBus, target: name(cdromBus), device }]
}

function diskXmls(files: ServerFiles, cdromBus: string, tune: string): string[] {
  return targets(files, cdromBus).map(({ path, format, bus, target, device, bootFirst }) => {
    const order = bootFirst === true ? "<boot order='1'/>" : ''
    return device === 'cdrom' || path === files.configDrivePath
      ? `<disk type='file' device='${device}'><driver name='qemu' type='${format}'/><source file='${text(path)}'/><target dev='${target}' bus='${bus}'/><readonly/>${order}</disk>`
      : `<disk type='file' device='disk'><driver name='qemu' type='${format}' cache='writeback' discard='unmap'/><source file='${text(path)}'/><target dev='${target}' bus='${bus}'/>${tune}${order}</disk>`
  })
}

/** USB costs an emulated guest a thousand interrupts a second: none unless asked for. */
function controllers(disks: readonly DiskSpec[], property: (name: string) => string | undefined): string[] {
  const usb = disks.some((disk) => disk.bus === 'usb') || property('hw_pointer_model') === 'usbtablet' || property('hw_cdrom_bus') === 'usb'
  return [
    ...(usb ? [] : ["<controller type='usb' index='0' model='none'/>"]),
    `<controller type='scsi' index='0' model='${text(property('hw_scsi_model') ?? 'virtio-scsi')}'/>`,
  ]
}

function optionalDevices(property: (name: string) => string | undefined): string {
  const devices: string[] = []
  if (property('hw_rng_model') === 'virtio' || property('hw_rng:allowed')?.toLowerCase() !== 'false') devices.push("<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>")
  if (property('hw_qemu_guest_agent') === 'yes') devices.push("<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>")
  if (property('hw_pointer_model') === 'usbtablet') devices.push("<input type='tablet' bus='usb'/>")
  const watchdog = property('hw:watchdog_action') ?? property('hw_watchdog_action')
  if (watchdog !== undefined && watchdog !== 'disabled') devices.push(`<watchdog model='i6300esb' action='${text(watchdog)}'/>`)
  return devices.join('\n    ')
}

/** Text as XML may hold it: the five characters escaped, control characters (which XML 1.0 cannot hold) left out. */
function text(value: string): string {
  return [...value].filter((char) => char >= ' ' || char === '\t' || char === '\n').join('').replace(/[&<>'"]/g, (char) => `&#${char.charCodeAt(0)};`)
}
