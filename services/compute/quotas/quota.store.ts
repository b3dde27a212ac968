/** All SQL about quotas of users and classes, and about what users have. Those of projects are core's (core/quota). */
import { upsert } from '#core/db/database.ts'
import type { ComputeContext } from '../context.ts'
import type { Limits } from './quota-resources.ts'

export interface UserQuotaRow { project_id: string; user_id: string; resource: string; hard_limit: number }
export interface QuotaClassRow { class_name: string; resource: string; hard_limit: number }

export async function readClassLimits(ctx: ComputeContext, className: string): Promise<Limits> {
  const rows = await ctx.db.selectFrom('quota_classes').selectAll().where('class_name', '=', className).execute()
  return Object.fromEntries(rows.map((row) => [row.resource, row.hard_limit]))
}

export async function saveClassLimits(ctx: ComputeContext, className: string, limits: Limits): Promise<void> {
  for (const [resource, hard_limit] of Object.entries(limits)) {
    await upsert(ctx.db, 'quota_classes', { class_name: className, resource, hard_limit }, ['class_name', 'resource'])
  }
}

export async function readUserLimits(ctx: ComputeContext, projectId: string, userId: string): Promise<Limits> {
  const rows = await ctx.db.selectFrom('user_quotas').selectAll().where('project_id', '=', projectId).where('user_id', '=', userId).execute()
  return Object.fromEntries(rows.map((row) => [row.resource, row.hard_limit]))
}

export async function saveUserLimits(ctx: ComputeContext, projectId: string, userId: string, limits: Limits): Promise<void> {
  for (const [resource, hard_limit] of Object.entries(limits)) {
    await upsert(ctx.db, 'user_quotas', { project_id: projectId, user_id: userId, resource, hard_limit }, ['project_id', 'user_id', 'resource'])
  }
}

/** By resource, what has been given out to users of the project. */
export async function sumUserLimits(ctx: ComputeContext, projectId: string): Promise<Limits> {
  const rows = await ctx.db.selectFrom('user_quotas').select((eb) => ['resource', eb.fn.sum<number>('hard_limit').as('sum')])
    .where('project_id', '=', projectId).groupBy('resource').execute()
  return Object.fromEntries(rows.map((row) => [row.resource, Number(row.sum)]))
}

/** All users of the project when none is named. */
export async function deleteUserLimits(ctx: ComputeContext, projectId: string, userId: string | undefined): Promise<void> {
  const all = ctx.db.deleteFrom('user_quotas').where('project_id', '=', projectId)
  await (userId === undefined ? all : all.where('user_id', '=', userId)).execute()
}

/** What a project, or one user of it, has. Key pairs and members of groups are not counted by project. */
export async function readUsage(ctx: ComputeContext, projectId: string, userId: string | undefined): Promise<Limits> {
  let servers = ctx.db.selectFrom('servers').where('project_id', '=', projectId).where('deleted', '=', 0)
  let groups = ctx.db.selectFrom('server_groups').where('project_id', '=', projectId)
  if (userId !== undefined) {
    servers = servers.where('user_id', '=', userId)
    groups = groups.where('user_id', '=', userId)
  }
  const sums = await servers.select((eb) => [
    eb.fn.countAll<number>().as('instances'), eb.fn.sum<number>('vcpus').as('cores'), eb.fn.sum<number>('memory_mb').as('ram'),
  ]).executeTakeFirstOrThrow()
  const { n } = await groups.select((eb) => eb.fn.countAll<number>().as('n')).executeTakeFirstOrThrow()
  return { instances: Number(sums.instances), cores: Number(sums.cores ?? 0), ram: Number(sums.ram ?? 0), server_groups: Number(n) }
}
