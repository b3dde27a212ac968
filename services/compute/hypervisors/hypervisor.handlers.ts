/** Hypervisors: list, show, sums, and the routes that later became query parameters. */
import type { RouteRequest } from '#core/http/route.ts'
import { isUuidLike } from '#core/ids/ids.ts'
import { namesByUuid } from '../compute-services/service.versions.ts'
import type { ComputeContext } from '../context.ts'
import { errors } from '../errors.ts'
import { isHostUp, listHosts, reportOf, type HostRow } from '../hosts/host.store.ts'
import { linksOf, nextPage } from '../links.ts'
import { readPage } from '../paging.ts'
import { flagOr } from '../schema/read-values.ts'
import { readHostFacts } from './host-facts.ts'
import { findHostBy, listServersByHost, pageOfHosts, searchHosts } from './hypervisor.store.ts'
import { detailAt, isPaged, showsEmptyServers } from './hypervisor.versions.ts'
import { amounts, hostedView, hypervisorBrief, hypervisorDetail, sumOf, type HypervisorView } from './hypervisor.view.ts'

export async function listHypervisors(ctx: ComputeContext, request: RouteRequest): Promise<object> {
  const byUuid = namesByUuid(request.version)
  return await list(ctx, request, 'os-hypervisors', (row) => hypervisorBrief(row, isHostUp(ctx, row), byUuid))
}

export async function listHypervisorsDetail(ctx: ComputeContext, request: RouteRequest): Promise<object> {
  const byUuid = namesByUuid(request.version)
  const factsOf = await readHostFacts(ctx)
  return await list(ctx, request, 'os-hypervisors/detail', (row) => detailAt(request.version, hypervisorDetail(factsOf(row), byUuid)))
}

async function list(ctx: ComputeContext, request: RouteRequest, collection: string, view: (row: HostRow) => HypervisorView): Promise<object> {
  const { rows, next } = await readHosts(ctx, request)
  const add = await serversAdder(ctx, request)
  const hypervisors = rows.map((row) => add(row, view(row)))
  if (next === undefined) return { hypervisors }
  return { hypervisors, hypervisors_links: nextPage(linksOf(ctx, request), collection, request.rawQuery, next) }
}

interface HostPage { rows: HostRow[]; /** Marker of the next page, when there may be one. */ next?: string }

async function readHosts(ctx: ComputeContext, request: RouteRequest): Promise<HostPage> {
  const { query, version } = request
  const pattern = namesByUuid(version) ? query.get('hypervisor_hostname_pattern') : null
  if (pattern !== null) {
    if (query.has('limit') || query.has('marker')) throw errors.HypervisorPatternPaged()
    return { rows: await matching(ctx, pattern) }
  }
  if (!isPaged(version)) return { rows: await listHosts(ctx) }
  const key = namesByUuid(version) ? 'node_id' : 'number'
  const { limit, marker } = readPage(ctx, query)
  const rows = limit === 0 ? [] : await pageOfHosts(ctx, key, marker, limit)
  if (rows === undefined) throw errors.MarkerNotFound({ marker: marker! })
  return rows.length === limit && limit > 0 ? { rows, next: String(rows.at(-1)![key]) } : { rows }
}

async function matching(ctx: ComputeContext, pattern: string): Promise<HostRow[]> {
  const rows = await searchHosts(ctx, pattern)
  if (rows.length === 0) throw errors.NoHypervisorMatches({ pattern })
  return rows
}

/** Adds the servers of a hypervisor to its view, where the query asks for them. */
async function serversAdder(ctx: ComputeContext, request: RouteRequest): Promise<(row: HostRow, view: HypervisorView) => HypervisorView> {
  if (!namesByUuid(request.version) || !flagOr(request.query.get('with_servers'), false)) return (_row, view) => view
  const servers = await listServersByHost(ctx)
  const showEmpty = showsEmptyServers(request.version)
  return (row, view) => {
    const hosted = servers.get(row.host) ?? []
    return hosted.length === 0 && !showEmpty ? view : { ...view, servers: hostedView(ctx, hosted) }
  }
}

async function find(ctx: ComputeContext, request: RouteRequest): Promise<HostRow> {
  const id = request.params['id']!
  const byUuid = namesByUuid(request.version)
  if (byUuid && !isUuidLike(id)) throw errors.InvalidUuid({ id })
  const row = await findHostBy(ctx, byUuid ? 'node_id' : 'number', id)
  if (row === undefined) throw errors.HypervisorNotFound({ id })
  return row
}

export async function showHypervisor(ctx: ComputeContext, request: RouteRequest): Promise<object> {
  const row = await find(ctx, request)
  const factsOf = await readHostFacts(ctx)
  const view = detailAt(request.version, hypervisorDetail(factsOf(row), namesByUuid(request.version)))
  const add = await serversAdder(ctx, request)
  return { hypervisor: add(row, view) }
}

/** Before 2.88. */
export async function showUptime(ctx: ComputeContext, request: RouteRequest): Promise<object> {
  const row = await find(ctx, request)
  if (!isHostUp(ctx, row)) throw errors.HostUnavailable({ host: row.host })
  return { hypervisor: { ...hypervisorBrief(row, true, namesByUuid(request.version)), uptime: reportOf(row).uptimeText } }
}

/** Before 2.88: sums over the enabled hosts. */
export async function showStatistics(ctx: ComputeContext): Promise<object> {
  const factsOf = await readHostFacts(ctx)
  const enabled = (await listHosts(ctx)).filter((row) => row.disabled === 0)
  return { hypervisor_statistics: sumOf(enabled.map((row) => amounts(factsOf(row)))) }
}

/** Before 2.53. */
export async function searchHypervisors(ctx: ComputeContext, request: RouteRequest): Promise<object> {
  return { hypervisors: (await matching(ctx, request.params['id']!)).map((row) => hypervisorBrief(row, isHostUp(ctx, row), false)) }
}

/** Before 2.53. A hypervisor without servers does not say so. */
export async function listHypervisorServers(ctx: ComputeContext, request: RouteRequest): Promise<object> {
  const rows = await matching(ctx, request.params['id']!)
  const servers = await listServersByHost(ctx)
  return {
    hypervisors: rows.map((row) => {
      const hosted = servers.get(row.host)
      return { ...hypervisorBrief(row, isHostUp(ctx, row), false), ...(hosted === undefined ? {} : { servers: hostedView(ctx, hosted) }) }
    }),
  }
}
