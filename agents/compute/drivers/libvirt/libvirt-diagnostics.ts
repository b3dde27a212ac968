/** libvirt's raw figures in the shape of compute's standard diagnostics (API microversion 2.48). */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { PowerStateType } from '#services/compute/agent/compute-agent.contract.ts'
import type { DomainStats } from './libvirt-calls.ts'
import { macAddresses } from './domain-xml.ts'

/** Groups of figures to ask for: state, cpu, balloon, vcpu, interface, block. */
export const diagnosticsGroups = 1 | 2 | 4 | 8 | 16 | 32

export interface DiagnosticsSource { stats: DomainStats; xml: string; powerState: PowerStateType; hasConfigDrive: boolean; uptimeS: number | null }

export function standardDiagnostics({ stats, xml, powerState, hasConfigDrive, uptimeS }: DiagnosticsSource): Record<string, unknown> {
  const number = (name: string): number | null => typeof stats[name] === 'number' ? stats[name] : null
  const count = (group: string): number[] => Array.from({ length: number(`${group}.count`) ?? 0 }, (_, at) => at)
  const disks = count('block').filter((at) => !isReadOnlyDrive(xml, String(stats[`block.${at}.name`])))
  const macs = macAddresses(xml)
  const cpuIds = Array.from({ length: number('vcpu.maximum') ?? 0 }, (_, id) => id)
  return {
    state: powerState, driver: 'libvirt', hypervisor: 'qemu', hypervisor_os: 'linux', config_drive: hasConfigDrive, uptime: uptimeS,
    num_cpus: cpuIds.length, num_nics: macs.length, num_disks: disks.length,
    memory_details: { maximum: kibToMib(number('balloon.maximum')), used: kibToMib(number('balloon.current')) },
    cpu_details: cpuIds.map((id) => ({ id, time: number(`vcpu.${id}.time`), utilisation: null })),
    nic_details: macs.map((mac, at) => ({
      mac_address: mac, rx_octets: number(`net.${at}.rx.bytes`), rx_errors: number(`net.${at}.rx.errs`), rx_drop: number(`net.${at}.rx.drop`), rx_packets: number(`net.${at}.rx.pkts`), rx_rate: null,
      tx_octets: number(`net.${at}.tx.bytes`), tx_errors: number(`net.${at}.tx.errs`), tx_drop: number(`net.${at}.tx.drop`), tx_packets: number(`net.${at}.tx.pkts`), tx_rate: null,
    })),
    disk_details: disks.map((at) => ({
      read_bytes: number(`block.${at}.rd.bytes`), read_requests: number(`block.${at}.rd.reqs`), write_bytes: number(`block.${at}.wr.bytes`), write_requests: number(`block.${at}.wr.reqs`), errors_count: number(`block.${at}.errors`),
    })),
  }
}

/** Seconds since the emulator started; null when it does not run. */
export async function emulatorUptimeS(runDir: string, domainName: string, nowMs: number): Promise<number | null> {
  const started = await stat(join(runDir, 'libvirt/qemu', `${domainName}.pid`)).catch(() => undefined)
  return started === undefined ? null : Math.max(0, Math.floor((nowMs - started.mtimeMs) / 1000))
}

function kibToMib(kib: number | null): number | null { return kib === null ? null : Math.floor(kib / 1024) }

/** The config drive counts as none of the guest's disks. */
function isReadOnlyDrive(xml: string, target: string): boolean {
  const disk = xml.split('<disk ').find((part) => part.includes(`<target dev='${target}'`))
  return disk?.slice(0, disk.indexOf('</disk>')).includes('<readonly/>') ?? false
}
