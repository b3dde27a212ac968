/**
 * Tells placement what a host has: its provider, inventory, traits and aggregates. Done when a host is first heard,
 * when what it reports changes, and when an operator changes its aggregates; a digest says whether there is anything
 * to tell.
 */
import { createHash } from 'node:crypto'
import type { Inventory } from '#services/placement/contract.ts'
import type { HostReportType } from '../agent/compute-agent.contract.ts'
import { listAggregatesWithHosts } from '../aggregates/aggregate.store.ts'
import type { ComputeContext } from '../context.ts'
import { reportOf, updateHost, type HostRow } from './host.store.ts'

/** Small hosts cannot spare as much memory. */
const SMALL_HOST_MIB = 2048

/** Memory of the host that is not sold, in MiB. */
export function reservedMemoryMiB({ config }: Pick<ComputeContext, 'config'>, report: HostReportType): number {
  return report.memoryMiB < SMALL_HOST_MIB ? Math.floor(config.reservedHostMemoryMiB / 2) : config.reservedHostMemoryMiB
}

export function inventoryOf(ctx: Pick<ComputeContext, 'config'>, report: HostReportType): Record<string, Inventory> {
  const { config } = ctx
  const all: [string, number, number, number][] = [
    ['VCPU', report.vcpus, config.reservedHostCpus, config.cpuAllocationRatio],
    ['MEMORY_MB', report.memoryMiB, reservedMemoryMiB(ctx, report), config.ramAllocationRatio],
    ['DISK_GB', report.localDiskGiB, config.reservedHostDiskGiB, config.diskAllocationRatio],
  ]
  return Object.fromEntries(all.filter(([, total]) => total > 0).map(([name, total, reserved, ratio]) =>
    [name, { total, reserved: Math.min(reserved, total - 1), min_unit: 1, max_unit: total, step_size: 1, allocation_ratio: ratio }]))
}

/** Brings placement up to date about one host. Answers whether there was anything to tell. */
export async function syncHostToPlacement(ctx: ComputeContext, row: HostRow): Promise<boolean> {
  const report = reportOf(row)
  const inventory = inventoryOf(ctx, report)
  const aggregates = (await listAggregatesWithHosts(ctx)).filter((aggregate) => aggregate.hosts.includes(row.host)).map((aggregate) => aggregate.uuid).toSorted()
  const traits = [...new Set([...report.traits, 'COMPUTE_NODE', ...(row.disabled === 1 ? ['COMPUTE_STATUS_DISABLED'] : [])])].toSorted()
  const digest = createHash('sha256').update(JSON.stringify([row.hypervisor_hostname, inventory, aggregates, traits])).digest('hex')
  if (digest === row.placement_digest) return false
  const { placement } = ctx.clients
  await placement.ensureProvider(ctx, { uuid: row.node_id, name: row.hypervisor_hostname })
  await placement.setInventory(ctx, row.node_id, inventory)
  await placement.setTraits(ctx, row.node_id, await knownTraits(ctx, traits))
  await placement.setAggregates(ctx, row.node_id, aggregates)
  await updateHost(ctx, row.host, { placement_digest: digest })
  ctx.log.info({ host: row.host, inventory }, 'placement knows what the host has')
  return true
}

async function knownTraits(ctx: ComputeContext, traits: string[]): Promise<string[]> {
  for (const trait of traits) if (trait.startsWith('CUSTOM_')) await ctx.clients.placement.ensureTrait(ctx, trait)
  return traits
}
