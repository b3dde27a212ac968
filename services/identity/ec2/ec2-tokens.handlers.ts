/** POST /v3/ec2tokens and /v3/s3tokens: for the services that take EC2 and S3 requests. */
import { authorise } from '#core/http/context.ts'
import { reply, type Reply } from '#core/http/message.ts'
import type { RouteRequest } from '#core/http/route.ts'
import { Type } from '#core/schema/schema.ts'
import { catalogFor } from '../catalog/catalog.ts'
import type { IdentityContext } from '../context.ts'
import { errors } from '../errors.ts'
import type { Token } from '../tokens/build-token.ts'
import { tokenView } from '../tokens/token.view.ts'
import { checkInput } from '../wire/input.ts'
import { exchangeSignature } from './exchange-signature.ts'
import { isS3SignedBy, isSignedBy } from './signatures.ts'

const text = Type.Optional(Type.String())
const texts = Type.Optional(Type.Record(Type.String(), Type.String()))
const Signed = Type.Object({ access: text, signature: text, token: text, verb: text, host: text, path: text, body_hash: text, headers: texts, params: texts })

function signedRequest(request: RouteRequest) {
  const body = request.body as Record<string, unknown> | undefined
  if (typeof body !== 'object' || body === null || Object.keys(body).length === 0) throw errors.InvalidRequest({ message: 'request must include a request body' })
  return checkInput(Signed, body['credentials'] ?? body['credential'] ?? body['ec2Credentials'] ?? {})
}

async function view(ctx: IdentityContext, token: Token): Promise<object> {
  return tokenView(token, await catalogFor(ctx, token.trust?.trustor.id ?? token.payload.userId, token.project?.id))
}

export async function ec2Tokens(ctx: IdentityContext, request: RouteRequest): Promise<Reply> {
  authorise(ctx, 'identity:ec2tokens_validate')
  const token = await exchangeSignature(ctx, signedRequest(request), isSignedBy)
  return reply({ headers: { 'x-subject-token': token.text }, body: await view(ctx, token) })
}

export async function s3Tokens(ctx: IdentityContext, request: RouteRequest): Promise<Reply> {
  authorise(ctx, 'identity:s3tokens_validate')
  return reply({ body: await view(ctx, await exchangeSignature(ctx, signedRequest(request), isS3SignedBy)) })
}
