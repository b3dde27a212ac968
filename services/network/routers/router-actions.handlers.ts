/** What is done to a router besides CRUD: connect, disconnect, add and remove routes. */
import { currentView } from '../attributes/handlers.ts'
import type { Resource } from '../attributes/attribute.ts'
import { presenter } from '../attributes/present.ts'
import { enforceAction } from '../attributes/rules.ts'
import { hostRoutes, isDict, uuid } from '../attributes/validate.ts'
import type { ApiRequestOf, NetworkContext } from '../context.ts'
import { errors, invalidAttribute } from '../errors.ts'
import { addInterface, type InterfaceInfo } from './add-interface.ts'
import { changeRoutes } from './change-routes.ts'
import { badRouter } from './connected.ts'
import { removeInterface } from './remove-interface.ts'
import { routerResource } from './router.resource.ts'
import type { ExtraRoute } from './router.view.ts'

const resource = routerResource as unknown as Resource

export async function addRouterInterface(ctx: NetworkContext, request: ApiRequestOf): Promise<object> {
  const id = await allowed(ctx, request, 'add_router_interface')
  const info = readInterface(request.body)
  if (info.port_id !== undefined && info.subnet_id !== undefined) throw badRouter('Cannot specify both subnet-id and port-id')
  return await addInterface(ctx, id, info)
}

export async function removeRouterInterface(ctx: NetworkContext, request: ApiRequestOf): Promise<object> {
  const id = await allowed(ctx, request, 'remove_router_interface')
  const info = readInterface(request.body)
  return await removeInterface(ctx, id, info)
}

export async function addExtraRoutes(ctx: NetworkContext, request: ApiRequestOf): Promise<object> {
  return await routesAction(ctx, request, 'add_extraroutes', (held, given) => [...held, ...given.filter((g) => !held.some((h) => same(h, g)))])
}

export async function removeExtraRoutes(ctx: NetworkContext, request: ApiRequestOf): Promise<object> {
  return await routesAction(ctx, request, 'remove_extraroutes', (held, given) => held.filter((h) => !given.some((g) => same(h, g))))
}

function same(a: ExtraRoute, b: ExtraRoute): boolean {
  return a.destination === b.destination && a.nexthop === b.nexthop
}

async function routesAction(ctx: NetworkContext, request: ApiRequestOf, rule: string, change: (held: ExtraRoute[], given: ExtraRoute[]) => ExtraRoute[]): Promise<object> {
  const id = await allowed(ctx, request, rule)
  const given = readRoutes(request.body)
  await changeRoutes(ctx, id, (held) => change(held, given))
  return { router: presenter(ctx, resource)(await currentView(ctx, resource, id)) }
}

async function allowed(ctx: NetworkContext, request: ApiRequestOf, rule: string): Promise<string> {
  const id = request.params['id']!
  await enforceAction(ctx, resource, await currentView(ctx, resource, id), rule)
  return id
}

function readInterface(body: unknown): InterfaceInfo {
  if (!isDict(body) || !('port_id' in body || 'subnet_id' in body)) throw badRouter('Either subnet_id or port_id must be specified')
  for (const key of ['port_id', 'subnet_id'] as const) {
    const reason = key in body ? uuid(body[key]) : undefined
    if (reason !== undefined) throw badRouter(reason)
  }
  return { port_id: body['port_id'] as string | undefined, subnet_id: body['subnet_id'] as string | undefined }
}

function readRoutes(body: unknown): ExtraRoute[] {
  const router = isDict(body) ? body['router'] : undefined
  if (!isDict(router)) throw errors.HTTPBadRequest({ message: "Unable to find 'router' in request body" })
  const unknown = Object.keys(router).filter((k) => k !== 'routes')
  if (unknown.length > 0) throw errors.HTTPBadRequest({ message: `Unrecognized attribute(s) '${unknown.join(', ')}'` })
  const routes = router['routes']
  const reason = hostRoutes(routes)
  if (reason !== undefined) throw invalidAttribute('routes', reason)
  return routes as ExtraRoute[]
}
