/** Usage of projects in a period: of one, of all. */
import { authorise } from '#core/http/context.ts'
import type { RouteRequest } from '#core/http/route.ts'
import type { ComputeContext } from '../context.ts'
import { errors } from '../errors.ts'
import { linksOf, nextPage, type Link } from '../links.ts'
import { readPage } from '../paging.ts'
import { listUsedServers, type Period } from './usage.store.ts'
import { isPaged } from './usage.versions.ts'
import { projectUsages, type ProjectUsage } from './usage.view.ts'

export async function listUsages(ctx: ComputeContext, request: RouteRequest): Promise<object> {
  const { usages, next } = await readUsages(ctx, request, undefined, request.query.get('detailed') === '1')
  return { tenant_usages: usages, ...(next === undefined ? {} : { tenant_usages_links: next }) }
}

export async function showUsage(ctx: ComputeContext, request: RouteRequest): Promise<object> {
  const project = request.params['id']!
  authorise(ctx, 'os_compute_api:os-simple-tenant-usage:show', { project_id: project })
  const { usages, next } = await readUsages(ctx, request, project, true)
  return { tenant_usage: usages[0] ?? {}, ...(next === undefined ? {} : { tenant_usage_links: next }) }
}

async function readUsages(ctx: ComputeContext, request: RouteRequest, project: string | undefined, detailed: boolean): Promise<{ usages: ProjectUsage[]; next?: Link[] }> {
  const nowMs = ctx.clock.now()
  const period = readPeriod(request.query, nowMs)
  const paged = isPaged(request.version)
  const page = paged ? readPage(ctx, request.query) : { limit: ctx.config.maxLimit, marker: undefined }
  const servers = page.limit === 0 ? [] : await listUsedServers(ctx, period, project, page)
  if (servers === undefined) throw errors.MarkerNotFound({ marker: page.marker! })
  const usages = projectUsages(servers, period, nowMs, detailed)
  if (!paged || servers.length < page.limit || servers.length === 0) return { usages }
  const collection = project === undefined ? 'os-simple-tenant-usage' : `os-simple-tenant-usage/${project}`
  return { usages, next: nextPage(linksOf(ctx, request), collection, request.rawQuery, servers.at(-1)!.id) }
}

const FORM = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d{1,6})?| \d{2}:\d{2}:\d{2}\.\d{1,6})$/

/** Both ends default to now. No period reaches into the future. */
function readPeriod(query: URLSearchParams, nowMs: number): Period {
  const start = readInstant(query.get('start'))
  const stop = readInstant(query.get('end'))
  if ((start !== undefined || stop !== undefined) && (start ?? nowMs) >= (stop ?? nowMs)) throw errors.UsageTimesReversed()
  return { start: new Date(start ?? nowMs).toISOString(), stop: new Date(Math.min(stop ?? nowMs, nowMs)).toISOString() }
}

/** Milliseconds; undefined when nothing is said. */
function readInstant(text: string | null): number | undefined {
  if (text === null || text === '') return undefined
  const at = FORM.test(text) ? Date.parse(`${text.replace(' ', 'T')}Z`) : Number.NaN
  if (Number.isNaN(at)) throw errors.UsageTimeInvalid()
  return at
}
