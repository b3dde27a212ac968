/** Quotas of servers: how many of the wanted may be made, counted in the transaction that makes them. */
import { lockProject } from '#core/quota/quota.ts'
import type { ComputeContext } from '../context.ts'
import { errors } from '../errors.ts'
import { limitsOf } from '../quotas/effective-limits.ts'
import { quotaScopes } from '../quotas/quota-scopes.ts'

export interface Wanted { min: number; max: number; vcpus: number; memoryMb: number }

interface Scope { limits: Amounts; used: Amounts }

/** The project's limits, and the user's where the user has any. */
async function scopesOf(ctx: ComputeContext, projectId: string): Promise<Scope[]> {
  await lockProject(ctx, projectId)
  return await quotaScopes(ctx, projectId, ctx.identity.user.id) as unknown as Scope[]
}

/** How many of `max` fit. Throws 403 when fewer than `min` do. */
export async function claimQuota(ctx: ComputeContext, projectId: string, wanted: Wanted): Promise<number> {
  const asked = { cores: wanted.max * wanted.vcpus, instances: wanted.max, ram: wanted.max * wanted.memoryMb }
  let most = wanted.max
  for (const { limits, used } of await scopesOf(ctx, projectId)) {
    const room = (name: keyof Amounts, each: number): number => (limits[name] < 0 || each === 0 ? Infinity : Math.floor((limits[name] - used[name]) / each))
    most = Math.min(most, room('instances', 1), room('cores', wanted.vcpus), room('ram', wanted.memoryMb))
    if (most < wanted.min) throw refusal(limits, used, asked, wanted)
  }
  return most
}

/** More of cores and memory for a resize; less is always fine. Throws 403. */
export async function claimResizeQuota(ctx: ComputeContext, projectId: string, more: { cores: number; ram: number }): Promise<void> {
  const asked = { cores: Math.max(0, more.cores), instances: 0, ram: Math.max(0, more.ram) }
  for (const { limits, used } of await scopesOf(ctx, projectId)) {
    if ((['cores', 'ram'] as const).some((name) => limits[name] >= 0 && asked[name] > 0 && used[name] + asked[name] > limits[name])) throw refusal(limits, used, asked, undefined)
  }
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
  const { metadata_items: allowed } = await limitsOf(ctx, projectId)
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
