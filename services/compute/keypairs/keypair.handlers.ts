/** Key pairs belong to a user, not to a project. Another user's are the administrator's to name (since 2.10). */
import { authorise, type ContextBase } from '#core/http/context.ts'
import type { RouteRequest } from '#core/http/route.ts'
import type { Static } from '#core/schema/schema.ts'
import type { ComputeContext } from '../context.ts'
import { errors } from '../errors.ts'
import { linksOf, nextPage } from '../links.ts'
import { readPage } from '../paging.ts'
import type { KeypairCreate } from './keypair.schema.ts'
import { deleteKeypair, getKeypair, listKeypairs } from './keypair.store.ts'
import { makeKeypair } from './make-keypair.ts'
import { keypairRules } from './keypair.versions.ts'
import { keypairBrief, keypairCreated, keypairDetail } from './keypair.view.ts'

const RULE = 'os_compute_api:os-keypairs'

function ownerOf(ctx: ContextBase, request: RouteRequest, action: string): string {
  const asked = keypairRules(request.version).otherUsers ? request.query.get('user_id') : null
  const userId = asked === null || asked === '' ? ctx.identity.user.id : asked
  authorise(ctx, `${RULE}:${action}`, { user_id: userId })
  return userId
}

export async function listKeys(ctx: ComputeContext, request: RouteRequest): Promise<object> {
  const userId = ownerOf(ctx, request, 'index')
  const { paged } = keypairRules(request.version)
  const { limit, marker } = paged ? readPage(ctx, request.query) : { limit: undefined, marker: undefined }
  if (marker !== undefined && await getKeypair(ctx, userId, marker) === undefined) throw errors.KeypairMarkerNotFound({ marker })
  const rows = await listKeypairs(ctx, userId, { marker, limit })
  const last = rows.at(-1)
  const links = paged && rows.length === limit && last !== undefined ? { keypairs_links: nextPage(linksOf(ctx, request), 'os-keypairs', request.rawQuery, last.name) } : {}
  return { keypairs: rows.map(keypairBrief), ...links }
}

export async function showKey(ctx: ComputeContext, request: RouteRequest): Promise<object> {
  const user = ownerOf(ctx, request, 'show')
  const name = request.params['name']!
  const row = await getKeypair(ctx, user, name)
  if (row === undefined) throw errors.KeypairNotFound({ name, user })
  return keypairDetail(row)
}

type CreateBody = Static<typeof KeypairCreate>

export async function createKey(ctx: ComputeContext, request: RouteRequest<CreateBody>): Promise<object> {
  const given = request.body.keypair
  const userId = given.user_id ?? ctx.identity.user.id
  authorise(ctx, `${RULE}:create`, { user_id: userId })
  const { row, privateKey } = await makeKeypair(ctx, userId, given)
  return keypairCreated(row, privateKey)
}

export async function removeKey(ctx: ComputeContext, request: RouteRequest): Promise<void> {
  const user = ownerOf(ctx, request, 'delete')
  const name = request.params['name']!
  if (!(await deleteKeypair(ctx, user, name))) throw errors.KeypairNotFound({ name, user })
}

