import { describe, expect, it } from 'vitest'
import { SaxesParser } from 'saxes'
import { sampleNic, sampleSpec } from '../driver-conformance.ts'
import type { ServerSpecType } from '#services/compute/agent/compute-agent.contract.ts'
import { ServerFolders } from '../../server-folder.ts'
import { bandwidthOf } from './domain-limits.ts'
import { domainXml, hasNic, nicModel, rootTarget, vncSocketPath } from './domain-xml.ts'

const folders = new ServerFolders('/var/lib/cloud')

function xmlOf(spec: ServerSpecType, acceleration: 'kvm' | 'qemu' = 'qemu'): string {
  return domainXml({ spec, files: folders.files(spec) }, { acceleration, serialSocketPath: '/run/serial.sock' })
}

describe('the domain XML', () => {
  it('is well-formed whatever users write', () => {
    const xml = xmlOf(sampleSpec({ displayName: `a'b"c<d>&e\u0000\u0007 é 😀`, properties: { hw_video_model: "'><x/>" } }))
    let broken: Error | undefined
    const parser = new SaxesParser()
    parser.on('error', (error) => { broken = error })
    parser.write(xml).close()
    expect(broken).toBeUndefined()
    expect(xml).not.toContain('<x/>')
  })

  it('names disks per bus, with the config drive as the last', () => {
    const blank = { kind: 'blank' as const }
    const spec = sampleSpec({
      configDrive: [],
      disks: [
        { role: 'root', index: 0, sizeMiB: 1, bus: 'virtio', source: blank }, { role: 'ephemeral', index: 0, sizeMiB: 1, bus: 'scsi', source: blank },
        { role: 'ephemeral', index: 1, sizeMiB: 1, bus: 'virtio', source: blank }, { role: 'swap', index: 0, sizeMiB: 1, bus: 'ide', source: blank },
      ],
    })
    const targets = [...xmlOf(spec).matchAll(/<target dev='(\w+)' bus='(\w+)'\/>/g)].map((found) => `${found[1]} ${found[2]}`)
    expect(targets).toEqual(['vda virtio', 'sda scsi', 'vdb virtio', 'hda ide', 'hdb ide'])
    expect(rootTarget(folders.files(spec))).toBe('vda')
    expect(xmlOf({ ...spec, properties: { hw_cdrom_bus: 'scsi' } })).toContain("<target dev='sdb' bus='scsi'/>")
  })

  it('boots a given kernel, with care for missed ticks where it is emulated', () => {
    const spec = sampleSpec({ directKernel: { kernelImageId: 'k', ramdiskImageId: 'r', commandLine: 'root=/dev/vda' } })
    expect(xmlOf(spec)).toContain('<cmdline>root=/dev/vda no_timer_check</cmdline>')
    expect(xmlOf(spec, 'kvm')).toContain('<cmdline>root=/dev/vda</cmdline>')
    expect(xmlOf(spec)).toContain(`<initrd>/var/lib/cloud/servers/${spec.serverId}/ramdisk</initrd>`)
  })

  it('boots first from the disk that says so, wherever it stands', () => {
    const [root] = sampleSpec().disks
    const rescue = { ...root!, role: 'rescue' as const, bus: 'scsi', device: 'cdrom' as const, bootFirst: true }
    const xml = xmlOf(sampleSpec({ disks: [root!, rescue] }))
    expect(xml).not.toContain("<boot dev='hd'/>")
    expect(xml).toMatch(/<disk type='file' device='cdrom'>.*\/disk\.rescue'.*<target dev='sda' bus='scsi'\/><readonly\/><boot order='1'\/><\/disk>/)
    expect(xml.match(/<boot order/g)).toHaveLength(1)
    expect(xmlOf(sampleSpec({ disks: [{ ...rescue, device: 'disk', bootFirst: false }, root!] }))).toMatch(/<boot dev='hd'\/>[^]*disk\.rescue[^]*<target dev='sda' bus='scsi'[^]*<target dev='vda' bus='virtio'/)
  })

  it('gives devices that are asked for', () => {
    const nic = sampleNic()
    const xml = xmlOf(sampleSpec({ nics: [nic], properties: { hw_vif_model: 'e1000', hw_qemu_guest_agent: 'yes', 'hw:watchdog_action': 'reset', hw_pointer_model: 'usbtablet' } }))
    expect(xml).toContain(`<interface type='ethernet'><mac address='${nic.macAddress}'/><target dev='${nic.tapName}'/><model type='e1000'/>`)
    for (const device of ['org.qemu.guest_agent.0', "<watchdog model='i6300esb' action='reset'/>", "<input type='tablet' bus='usb'/>"]) expect(xml).toContain(device)
    expect(hasNic(xml, nic)).toBe(true)
    expect(nicModel(xml)).toBe('e1000')
    expect(nicModel(xmlOf(sampleSpec()))).toBe('virtio')
    expect(hasNic(xml, sampleNic())).toBe(false)
    expect(xmlOf(sampleSpec())).toContain("<controller type='usb' index='0' model='none'/>")
  })

  it('holds a guest to what its flavor allows', () => {
    const properties = {
      'quota:cpu_shares': '512', 'quota:cpu_period': '100000', 'quota:cpu_quota': '50000', 'quota:disk_read_bytes_sec': '1048576', 'quota:disk_write_iops_sec': '100',
      'quota:vif_inbound_average': '1000', 'quota:vif_inbound_peak': '2000', 'quota:vif_outbound_average': '500',
    }
    const xml = xmlOf(sampleSpec({ nics: [sampleNic()], configDrive: [], properties }))
    expect(xml).toContain('<cputune><shares>512</shares><period>100000</period><quota>50000</quota></cputune>')
    expect(xml).toMatch(/<target dev='vda' bus='virtio'\/><iotune><read_bytes_sec>1048576<\/read_bytes_sec><write_iops_sec>100<\/write_iops_sec><\/iotune><\/disk>/)
    expect(xml.match(/<iotune>/g)).toHaveLength(1)
    const bandwidth = "<bandwidth><inbound average='1000' peak='2000'/><outbound average='500'/></bandwidth>"
    expect(xml).toContain(`<rom enabled='no'/>${bandwidth}`)
    expect(bandwidthOf(xml)).toBe(bandwidth)
    const free = xmlOf(sampleSpec({ nics: [sampleNic()] }))
    for (const word of ['cputune', 'iotune', 'bandwidth', 'topology']) expect(free).not.toContain(word)
    expect(bandwidthOf(free)).toBe('')
    expect(() => xmlOf(sampleSpec({ properties: { 'quota:cpu_shares': 'many' } }))).toThrow('quota:cpu_shares is many; give it a whole number')
  })

  it('lays out CPUs as near to the wish as they go', () => {
    const topology = (vcpus: number, properties: Record<string, string>): string => /<topology ([^/]*)\/>/.exec(xmlOf(sampleSpec({ vcpus, properties })))?.[1] ?? ''
    expect(topology(4, { 'hw:cpu_cores': '2' })).toBe("sockets='2' cores='2' threads='1'")
    expect(topology(4, { 'hw:cpu_threads': '2', hw_cpu_threads: '4' })).toBe("sockets='2' cores='1' threads='2'")
    expect(topology(4, { hw_cpu_sockets: '1' })).toBe("sockets='1' cores='4' threads='1'")
    expect(topology(8, { 'hw:cpu_max_sockets': '2' })).toBe("sockets='2' cores='4' threads='1'")
    expect(topology(3, { 'hw:cpu_cores': '2' })).toBe("sockets='3' cores='1' threads='1'")
    expect(() => topology(4, { 'hw:cpu_max_sockets': '1', 'hw:cpu_max_cores': '1', 'hw:cpu_max_threads': '1' })).toThrow('4 vCPUs do not fit into at most 1 sockets, 1 cores, 1 threads')
  })

  it('refuses a bus there is not', () => {
    const spec = sampleSpec()
    spec.disks[0]!.bus = 'drum'
    expect(() => xmlOf(spec)).toThrow('there is no disk bus drum')
  })

  it('finds the VNC socket of a running guest', () => {
    expect(vncSocketPath("<graphics type='vnc' socket='/var/lib/libvirt/qemu/domain-1-x/vnc.sock'>")).toBe('/var/lib/libvirt/qemu/domain-1-x/vnc.sock')
    expect(vncSocketPath("<graphics type='vnc'><listen type='socket'/></graphics>")).toBeUndefined()
  })
})
