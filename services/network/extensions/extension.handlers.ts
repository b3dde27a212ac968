/** The list of extensions, and each by its alias. */
import type { ApiRequestOf, NetworkContext } from '../context.ts'
import { errors } from '../errors.ts'
import { EXTENSIONS } from './extensions.ts'

const VIEWS = EXTENSIONS.map(([alias, name, description, updated]) => ({ alias, name, description, updated, links: [] }))

export function listExtensions(_ctx: NetworkContext, _request: ApiRequestOf): object {
  return { extensions: VIEWS }
}

export function showExtension(_ctx: NetworkContext, request: ApiRequestOf): object {
  const found = VIEWS.find((e) => e.alias === request.params['alias'])
  if (found === undefined) throw errors.ExtensionNotFound({ alias: request.params['alias']! })
  return { extension: found }
}
