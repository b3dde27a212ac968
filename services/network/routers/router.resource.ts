/** Routers: the attribute table, who may know of which, create, update, delete. */
import { flag, fromJson, toJson } from '#core/db/json.ts'
import { assertZones } from '../agents/zones.ts'
import { UNSET, type Attribute, type AttributeTable, type Item, type Resource } from '../attributes/attribute.ts'
import { nullToEmptyList, toBoolean } from '../attributes/convert.ts'
import { MADE_OF_PARTS, newRow } from '../attributes/revisions.ts'
import { revise } from '../attributes/revision.store.ts'
import { flagAttribute, name, readOnly, standard } from '../attributes/standard.ts'
import { availabilityZoneHints, dictOf, fixedIps, hostRoutes, isDict, uuid } from '../attributes/validate.ts'
import { noteChange } from '../changes/changes.ts'
import { ownProject, type NetworkContext } from '../context.ts'
import type { RouterRow } from '../database.ts'
import { errors } from '../errors.ts'
import { orWhenReferenced } from '../attributes/races.ts'
import { agentsOfRouter } from '../agents/agent.store.ts'
import { assertRoutable, connectedTo } from './connected.ts'
import { removeGateway, setGateway, type GatewayInfo } from './gateway.ts'
import { deleteRouterRows, getRouter, insertRouter, interfacesOf, routerChildren, updateRouterRow } from './router.store.ts'
import { routerView, type ExtraRoute } from './router.view.ts'

const GATEWAY = dictOf({
  network_id: { required: true, validate: uuid }, enable_snat: { validate: (v) => (typeof v === 'boolean' ? undefined : `'${String(v)}' is not a valid boolean value`) }, external_fixed_ips: { validate: fixedIps },
})

/** Empty means none; `enable_snat` may be text. */
function toGateway(value: unknown): unknown {
  if (value === null || (isDict(value) && Object.keys(value).length === 0)) return null
  return isDict(value) && 'enable_snat' in value ? { ...value, enable_snat: toBoolean(value['enable_snat']) } : value
}

const ONE_HOST = 'a router of this cloud runs on one host at a time, and on another by itself when that one falls silent'

/** What routers are not may be said of them (`--centralized`, `--no-ha`), and is neither kept nor shown. */
function never(name: string, option: string): Attribute {
  return {
    post: true, put: true, default: UNSET, hidden: true,
    convert: (value) => {
      if (value !== null && toBoolean(value)) throw errors.HTTPBadRequest({ message: `Unrecognized attribute(s) '${name}': ${ONE_HOST}. Leave it out, or say ${option} (${name}: false).` })
      return false
    },
  }
}

const attributes: AttributeTable = standard({
  name: name(),
  admin_state_up: flagAttribute(true),
  status: readOnly({ filter: false }),
  external_gateway_info: { post: true, put: true, default: null, convert: toGateway, validate: (v) => (v === null ? undefined : GATEWAY(v)), enforce: 'keys' },
  routes: { put: true, convert: nullToEmptyList, validate: hostRoutes },
  distributed: never('distributed', '--centralized'),
  ha: never('ha', '--no-ha'),
  availability_zones: {},
  availability_zone_hints: { post: true, default: [], validate: availabilityZoneHints },
})

export const routerResource: Resource<RouterRow> = {
  name: 'router', collection: 'routers', table: 'routers', attributes, quota: 'router',
  notFound: (id) => errors.RouterNotFound({ routerId: id }),
  scope: (ctx, rows) => rows.where('routers.project_id', '=', ownProject(ctx)),
  async views(ctx, rows) {
    const children = await routerChildren(ctx, rows)
    return rows.map((row) => routerView(row, children))
  },
  create: createRouter,
  update: updateRouter,
  delete: deleteRouter,
}

async function createRouter(ctx: NetworkContext, item: Item): Promise<RouterRow> {
  const hints = item['availability_zone_hints'] as string[]
  await assertZones(ctx, 'router', hints)
  const row: RouterRow = {
    ...newRow(ctx, item), revision_number: MADE_OF_PARTS, name: item['name'] as string, admin_state_up: flag(item['admin_state_up'] as boolean), status: 'ACTIVE', gw_port_id: null, gw_network_id: null, enable_snat: 1,
    routes: null, availability_zone_hints: hints.length === 0 ? null : toJson(hints),
  }
  await insertRouter(ctx, row)
  const gateway = item['external_gateway_info'] as GatewayInfo | null
  if (gateway !== null) {
    await revise(ctx, 'routers', row.id)
    await setGateway(ctx, row, gateway)
    await noteChange(ctx, { routerIds: [row.id], reschedule: true })
  }
  return (await getRouter(ctx, row.id))!
}

export async function updateRouter(ctx: NetworkContext, id: string, item: Item): Promise<void> {
  const row = await getRouter(ctx, id)
  if (row === undefined) throw errors.RouterNotFound({ routerId: id })
  if ('external_gateway_info' in item) await setGateway(ctx, row, item['external_gateway_info'] as GatewayInfo | null)
  const set: Partial<RouterRow> = {}
  for (const key of ['name', 'description'] as const) if (key in item) set[key] = item[key] as string
  if ('admin_state_up' in item) set.admin_state_up = flag(item['admin_state_up'] as boolean)
  if ('routes' in item) {
    const routes = (item['routes'] as ExtraRoute[]).map((r) => ({ destination: r.destination, nexthop: r.nexthop }))
    if (routes.length > 0 || fromJson<ExtraRoute[]>(row.routes, []).length > 0) assertRoutable(ctx, id, routes, await connectedTo(ctx, (await getRouter(ctx, id))!))
    set.routes = routes.length === 0 ? null : toJson(routes)
  }
  await updateRouterRow(ctx, id, set)
  // Upstream stores the gateway apart from the rest: two changes.
  if ('external_gateway_info' in item && Object.keys(item).length > 1) await revise(ctx, 'routers', id)
  await noteChange(ctx, { routerIds: [id], reschedule: 'external_gateway_info' in item })
}

async function deleteRouter(ctx: NetworkContext, id: string): Promise<void> {
  const row = await getRouter(ctx, id)
  if (row === undefined) throw errors.RouterNotFound({ routerId: id })
  const attached = [...new Set((await interfacesOf(ctx, [id])).map((i) => i.port_id))]
  if (attached.length > 0) throw errors.RouterInUse({ routerId: id, reason: `has ports still attached: ${attached.join(', ')}` })
  const hosts = (await agentsOfRouter(ctx, id)).map((a) => a.host)
  await removeGateway(ctx, row)
  await orWhenReferenced(deleteRouterRows(ctx, id), () => errors.RouterInUse({ routerId: id, reason: 'has ports still attached' }))
  await noteChange(ctx, { routerIds: [id], hosts })
}
