/**
 * The metadata service (port 8775). A guest asks 169.254.169.254; the proxy on its network finds out which server it
 * is and asks here, signed: `X-Instance-ID`, `X-Tenant-ID`, `X-Instance-ID-Signature` (HMAC-SHA256 of the id).
 * Anybody else is refused.
 *
 *     /                     versions of the EC2 tree
 *     /<date>/meta-data/…   /<date>/user-data            EC2
 *     /openstack/<date>/…                                OpenStack; POST password stores it once
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { ApiReply, ApiRequest } from '#core/http/message.ts'
import type { ComputeContext } from '../context.ts'
import { statusTitle } from '#core/http/dialect.ts'
import { explainError } from '#core/errors/errors.ts'
import { isUuidLike } from '#core/ids/ids.ts'
import { getServer, updateServer } from '../servers/server.store.ts'
import type { ServerRow } from '../servers/server.row.ts'
import { EC2_VERSIONS, ec2Tree, findInTree, isEc2Version, printTree } from './ec2-tree.ts'
import { guestFacts, type GuestFacts } from './guest-facts.ts'
import { isOpenstackVersion, openstackFiles, openstackListing, OPENSTACK_VERSIONS } from './openstack-tree.ts'
import { proxySecret } from './proxy-secret.ts'

const TEXT = 'text/plain; charset=UTF-8'
const JSON_TYPE = 'application/json'
const MAX_PASSWORD_BYTES = 1020

/** A listener's handler: `listen({ handle: metadataHandler(ctx), … })`. */
export function metadataHandler(ctx: ComputeContext): (request: ApiRequest) => Promise<ApiReply> {
  return async (request) => {
    try {
      return await serve(ctx, request)
    } catch (error) {
      ctx.log.error({ err: error, path: request.path }, explainError(error))
      return refusal(500, 'An unknown error has occurred. Please try your request again.')
    }
  }
}

async function serve(ctx: ComputeContext, request: ApiRequest): Promise<ApiReply> {
  const path = normalPath(request.path)
  if (path.length === 0) return text([...EC2_VERSIONS, 'latest'].join('\n'))
  const row = await askingServer(ctx, request)
  if ('status' in row) return row
  const tokens = path[0] === 'openstack' || path[0] === 'ec2' ? path : ['ec2', ...path]
  if (tokens.length === 1) return text((tokens[0] === 'openstack' ? [...OPENSTACK_VERSIONS, 'latest'] : [...EC2_VERSIONS, 'latest']).join('\n'))
  if (tokens[0] === 'openstack') return await openstack(ctx, request, row, tokens.slice(1))
  return ec2(await factsOf(ctx, row), tokens.slice(1))
}

function normalPath(path: string): string[] {
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(safeDecode(part))
  }
  return parts
}

function safeDecode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** The server the proxy speaks for, or the refusal. */
async function askingServer(ctx: ComputeContext, request: ApiRequest): Promise<ServerRow | ApiReply> {
  const id = request.headers['x-instance-id']
  const project = request.headers['x-tenant-id']
  const signature = request.headers['x-instance-id-signature']
  if (id === undefined) return refusal(400, 'X-Instance-ID header is missing from request.')
  if (signature === undefined) return refusal(400, 'X-Instance-ID-Signature header is missing from request.')
  if (project === undefined) return refusal(400, 'X-Tenant-ID header is missing from request.')
  if (!isSignedBy(proxySecret(ctx), id, signature)) return refusal(403, 'Invalid proxy request signature.')
  const row = isUuidLike(id) ? await getServer(ctx, id) : undefined
  return row === undefined || row.project_id !== project ? refusal(404, 'The resource could not be found.') : row
}

function isSignedBy(secret: string | undefined, id: string, signature: string): boolean {
  if (secret === undefined) return false
  const expected = createHmac('sha256', secret).update(id).digest()
  const given = Buffer.from(signature, 'hex')
  return given.length === expected.length && timingSafeEqual(given, expected)
}

/** Injected files are on the config drive only. */
async function factsOf(ctx: ComputeContext, row: ServerRow): Promise<GuestFacts> {
  return await guestFacts(ctx, row, { adminPass: null, files: [] })
}

async function openstack(ctx: ComputeContext, request: ApiRequest, row: ServerRow, [version = '', ...rest]: string[]): Promise<ApiReply> {
  const name = rest.join('/')
  if (!isOpenstackVersion(version)) return notFound()
  if (name === 'password' && version !== '2012-08-10') return await password(ctx, request, row)
  const facts = await factsOf(ctx, row)
  if (name === '') return text(openstackListing(facts, version).join('\n'))
  const content = openstackFiles(facts, version).get(name)
  if (content === undefined) return notFound()
  return { status: 200, headers: { 'content-type': name.endsWith('.json') && name !== 'network_data.json' ? JSON_TYPE : TEXT }, body: content }
}

/** The guest posts the password it chose, encrypted with the user's key, once; anybody inside may read it. */
async function password(ctx: ComputeContext, request: ApiRequest, row: ServerRow): Promise<ApiReply> {
  if (request.method === 'GET' || request.method === 'HEAD') return text(row.password ?? '')
  if (request.method !== 'POST') return refusal(400, 'GET and POST only are supported.')
  if (row.password !== null && row.password !== '') return refusal(409, 'There was a conflict when trying to complete your request.')
  const given = Buffer.from(request.body ?? '')
  if (given.length > MAX_PASSWORD_BYTES) return refusal(400, 'Request is too large.')
  await updateServer(ctx, row.id, { password: given.toString('utf8') })
  return text('')
}

function ec2(facts: GuestFacts, [version = '', ...rest]: string[]): ApiReply {
  if (!isEc2Version(version)) return notFound()
  const [first, ...inner] = rest
  if (first === undefined) return text(facts.userData === null ? 'meta-data/' : 'meta-data/\nuser-data')
  if (first === 'user-data') return facts.userData === null || inner.length > 0 ? notFound() : { status: 200, headers: { 'content-type': TEXT }, body: facts.userData }
  const found = first === 'meta-data' ? findInTree(ec2Tree(facts, version), inner) : undefined
  return found === undefined ? notFound() : text(printTree(found))
}

function text(body: string): ApiReply {
  return { status: 200, headers: { 'content-type': TEXT }, body }
}

function notFound(): ApiReply {
  return refusal(404, 'The resource could not be found.')
}

function refusal(status: number, message: string): ApiReply {
  const title = `${status} ${statusTitle(status)}`
  return { status, headers: { 'content-type': 'text/html; charset=UTF-8' }, body: `<html>\n <head>\n  <title>${title}</title>\n </head>\n <body>\n  <h1>${title.slice(4)}</h1>\n  ${message}<br /><br />\n\n\n\n </body>\n</html>` }
}
