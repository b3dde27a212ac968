/** Quotas of servers: how many of the wanted may be made, counted in the transaction that makes them. */
import { lockProject, projectLimits } from '#core/quota/quota.ts'
import type { ComputeContext } from '../context.ts'
import { errors } from '../errors.ts'
import { projectUsage } from './server.store.ts'

export interface Wanted { min: number; max: number; vcpus: number; memoryMb: number }

function defaults(ctx: ComputeContext): Record<string, number> {
  return { instances: ctx.config.quotaInstances, cores: ctx.config.quotaCores, ram: ctx.config.quotaRamMiB }
}

/** How many of `max` fit. Throws 403 when fewer than `min` do. */
export async function claimQuota(ctx: ComputeContext, projectId: string, wanted: Wanted): Promise<number> {
  await lockProject(ctx, projectId)
  const limits = await projectLimits(ctx, projectId, defaults(ctx)) as Record<'instances' | 'cores' | 'ram', number>
  const used = await projectUsage(ctx, projectId)
  const room = (name: 'instances' | 'cores' | 'ram', each: number): number => (limits[name] < 0 || each === 0 ? Infinity : Math.floor((limits[name] - used[name]) / each))
  const allowed = Math.min(wanted.max, room('instances', 1), room('cores', wanted.vcpus), room('ram', wanted.memoryMb))
  if (allowed >= wanted.min) return allowed
  const asked = { cores: wanted.max * wanted.vcpus, instances: wanted.max, ram: wanted.max * wanted.memoryMb }
  throw refusal(limits, used, asked, wanted)
}

/** More of cores and memory for a resize; less is always fine. Throws 403. */
export async function claimResizeQuota(ctx: ComputeContext, projectId: string, more: { cores: number; ram: number }): Promise<void> {
  await lockProject(ctx, projectId)
  const limits = await projectLimits(ctx, projectId, defaults(ctx)) as Record<'instances' | 'cores' | 'ram', number>
  const used = await projectUsage(ctx, projectId)
  const asked = { cores: Math.max(0, more.cores), instances: 0, ram: Math.max(0, more.ram) }
  if ((['cores', 'ram'] as const).some((name) => limits[name] >= 0 && asked[name] > 0 && used[name] + asked[name] > limits[name])) throw refusal(limits, used, asked, undefined)
}

type Amounts = Record<'instances' | 'cores' | 'ram', number>

function refusal(limits: Amounts, used: Amounts, asked: Amounts, wanted: Wanted | undefined): Error {
  const overs = (['cores', 'instances', 'ram'] as const).filter((name) => limits[name] >= 0 && asked[name] > 0 && used[name] + asked[name] > limits[name])
  const requested = overs.map((name) => (name === 'instances' && wanted !== undefined && wanted.min !== wanted.max ? `${wanted.min}-${wanted.max}` : String(asked[name])))
  return errors.TooManyInstances({
    overs: overs.join(', '), requested: requested.join(', '), used: overs.map((name) => used[name]).join(', '), allowed: overs.map((name) => limits[name]).join(', '),
  })
}

/** Throws 403 when a server would have more metadata than the project may give it. */
export async function checkMetadataQuota(ctx: ComputeContext, projectId: string, items: number): Promise<void> {
  const { metadata_items: allowed } = await projectLimits(ctx, projectId, { metadata_items: ctx.config.quotaMetadataItems })
  if (allowed! >= 0 && items > allowed!) throw errors.MetadataLimitExceeded({ allowed: allowed! })
}

/** Throws 403 when injected files are too many or too big. Contents are base64. */
export function checkFileQuota(ctx: ComputeContext, files: readonly { path?: string; contents?: string }[]): void {
  const over = (limit: number, amount: number): boolean => limit >= 0 && amount > limit
  if (over(ctx.config.quotaInjectedFiles, files.length)) throw errors.FileLimitExceeded()
  for (const file of files) {
    if (over(ctx.config.quotaInjectedFilePathBytes, Buffer.byteLength(file.path ?? ''))) throw errors.FilePathLimitExceeded({ allowed: ctx.config.quotaInjectedFilePathBytes })
    if (over(ctx.config.quotaInjectedFileContentBytes, Buffer.byteLength(file.contents ?? '', 'base64'))) throw errors.FileContentLimitExceeded({ allowed: ctx.config.quotaInjectedFileContentBytes })
  }
}
