/** All there is to say about a host at one moment: what it reports, what runs on it, whether it is alive. */
import type { HostReportType } from '../agent/compute-agent.contract.ts'
import type { ComputeContext } from '../context.ts'
import { isHostUp, reportOf, type HostRow } from '../hosts/host.store.ts'
import { reservedMemoryMiB } from '../hosts/placement-sync.ts'
import { readHostUse, type HostUse } from './hypervisor.store.ts'

export interface HostFacts {
  row: HostRow
  up: boolean
  report: HostReportType
  use: HostUse
  reservedMemoryMiB: number
  reservedDiskGiB: number
}

/** Reads what runs where once; the function it answers tells of each host. */
export async function readHostFacts(ctx: ComputeContext): Promise<(row: HostRow) => HostFacts> {
  const useOf = await readHostUse(ctx)
  return (row) => {
    const report = reportOf(row)
    return { row, report, up: isHostUp(ctx, row), use: useOf(row.host), reservedMemoryMiB: reservedMemoryMiB(ctx, report), reservedDiskGiB: ctx.config.reservedHostDiskGiB }
  }
}
