/**
 * A request signed the way of OAuth 1.0a (RFC 5849) with HMAC-SHA1: its parameters stand in the Authorization header,
 * and the signature is over method, address and all parameters, with the secrets of consumer and token as the key.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { RouteRequest } from '#core/http/route.ts'
import { errors } from '../errors.ts'

export interface SignedRequest { method: string; url: string; query: URLSearchParams; header: Record<string, string> }

/** How far the signer's clock may be from ours. */
const TIME_LIMIT_SECONDS = 600

export function readSigned(request: RouteRequest): SignedRequest {
  const text = request.headers['authorization'] ?? ''
  if (!/^OAuth\s/i.test(text)) throw errors.ValidationError({ attribute: 'OAuth parameters', target: 'Authorization header' })
  const header: Record<string, string> = {}
  for (const [, name, value] of text.matchAll(/([\w%.~-]+)="([^"]*)"/g)) header[unquote(name!)] = unquote(value!)
  return { method: request.method, url: `${request.baseUrl.replace(/\/v3$/, '')}${request.path}`, query: request.query, header }
}

function unquote(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch (error) {
    throw errors.ValidationError({ attribute: 'OAuth parameters', target: 'Authorization header' }, { cause: error })
  }
}

/** RFC 3986: only unreserved characters stay. */
function quote(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll(/[!'()*]/g, (c) => `%${c.codePointAt(0)!.toString(16).toUpperCase()}`)
}

export function signature(signed: SignedRequest, consumerSecret: string, tokenSecret: string): string {
  const pairs = [...signed.query, ...Object.entries(signed.header).filter(([name]) => name !== 'oauth_signature' && name !== 'realm')].map(([k, v]) => `${quote(k)}=${quote(v)}`).sort()
  const base = [signed.method.toUpperCase(), quote(signed.url), quote(pairs.join('&'))].join('&')
  return createHmac('sha1', `${quote(consumerSecret)}&${quote(tokenSecret)}`).update(base).digest('base64')
}

/** Whether the signature is right, of the one kind there is, and of now. */
export function isRightlySigned(signed: SignedRequest, now: number, consumerSecret: string, tokenSecret = ''): boolean {
  const { oauth_signature: given = '', oauth_signature_method: kind, oauth_timestamp: seconds } = signed.header
  if (kind !== 'HMAC-SHA1' || !/^\d{1,12}$/.test(seconds ?? '') || Math.abs(now / 1000 - Number(seconds)) > TIME_LIMIT_SECONDS) return false
  const [a, b] = [Buffer.from(given), Buffer.from(signature(signed, consumerSecret, tokenSecret))]
  return a.length === b.length && timingSafeEqual(a, b)
}
