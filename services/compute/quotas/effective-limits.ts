/**
 * The limits that hold, from the general to the particular: options, the quota class `default`, the project, the user
 * in the project. Each says only what it says; the rest comes from the one before.
 */
import { projectLimits } from '#core/quota/quota.ts'
import type { ComputeContext } from '../context.ts'
import { configuredLimits, type Limits } from './quota-resources.ts'
import { readClassLimits, readUserLimits } from './quota.store.ts'

const DEFAULT_CLASS = 'default'

export async function defaultLimits(ctx: ComputeContext): Promise<Limits> {
  return { ...configuredLimits(ctx), ...await readClassLimits(ctx, DEFAULT_CLASS) }
}

/** Limits of a class: those of a class that nobody set are the options'. */
export async function classLimits(ctx: ComputeContext, className: string): Promise<Limits> {
  return { ...configuredLimits(ctx), ...await readClassLimits(ctx, className) }
}

export async function limitsOf(ctx: ComputeContext, projectId: string, userId?: string): Promise<Limits> {
  const limits = await projectLimits(ctx, projectId, await defaultLimits(ctx))
  return userId === undefined ? limits : { ...limits, ...await readUserLimits(ctx, projectId, userId) }
}
