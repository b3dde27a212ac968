/** Extensions: list, show. */
import type { RouteRequest } from '#core/http/route.ts'
import type { ComputeContext } from '../context.ts'
import { errors } from '../errors.ts'
import { EXTENSIONS } from './extension-list.ts'

const VIEWS = EXTENSIONS.map(([alias, name, description]) => ({
  alias, name, description, links: [], namespace: 'http://docs.openstack.org/compute/ext/fake_xml', updated: '2014-12-03T00:00:00Z',
}))

export function listExtensions(): object {
  return { extensions: VIEWS }
}

export function showExtension(_ctx: ComputeContext, request: RouteRequest): object {
  const extension = VIEWS.find((view) => view.alias === request.params['alias'])
  if (extension === undefined) throw errors.ExtensionNotFound()
  return { extension }
}
