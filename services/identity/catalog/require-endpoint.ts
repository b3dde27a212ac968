import type { IdentityContext } from '../context.ts'
import type { EndpointRow } from '../database.ts'
import { errors } from '../errors.ts'
import { getEndpoint } from './catalog.store.ts'

/** The endpoint, or 404. */
export async function requireEndpoint(ctx: IdentityContext, id: string): Promise<EndpointRow> {
  const endpoint = await getEndpoint(ctx, id)
  if (endpoint === undefined) throw errors.EndpointNotFound({ id })
  return endpoint
}
