/**
 * Checking requests signed with an EC2 credential, as the EC2 and S3 fronts pass them on: signature version 2
 * (HMAC-SHA256 over verb, host, path and sorted parameters) and 4 (derived key over a canonical request), and for S3
 * a string to sign that comes ready made.
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

export interface SignedRequest {
  access?: string; signature?: string; token?: string; verb?: string; host?: string; path?: string; body_hash?: string
  headers?: Record<string, string>; params?: Record<string, string>
}

type Bytes = Buffer | string

function hmac(key: Bytes, message: Bytes): Buffer {
  return createHmac('sha256', key).update(message).digest()
}

function sameText(a: string, b: string): boolean {
  const [x, y] = [Buffer.from(a), Buffer.from(b)]
  return x.length === y.length && timingSafeEqual(x, y)
}

/** Whether the signature of an EC2 request is right; some clients leave the port out of what they sign. */
export function isSignedBy(request: SignedRequest, secret: string): boolean {
  const { signature, host = '' } = request
  if (typeof signature !== 'string' || signature === '') return false
  const hosts = host.includes(':') ? [host, host.replace(/:\d+$/, '')] : [host]
  return hosts.some((h) => {
    const wanted = ec2Signature({ ...request, host: h }, secret)
    return wanted !== undefined && sameText(signature, wanted)
  })
}

function ec2Signature(request: SignedRequest, secret: string): string | undefined {
  const { params = {}, headers = {}, verb = '', host = '', path = '' } = request
  if (params['SignatureVersion'] === '2') {
    return hmac(secret, `${verb}\n${host}\n${path}\n${canonicalQuery({ ...params, SignatureMethod: 'HmacSHA256' })}`).toString('base64')
  }
  const authorization = headers['Authorization'] ?? ''
  if (!authorization.startsWith('AWS4-HMAC-SHA256') && params['X-Amz-Algorithm'] !== 'AWS4-HMAC-SHA256') return undefined
  return signatureV4(request, secret, (name) => (headers['Authorization'] === undefined ? params[`X-Amz-${name}`] : authorization.split(`${name}=`)[1]?.split(',')[0]) ?? '')
}

function signatureV4(request: SignedRequest, secret: string, part: (name: string) => string): string | undefined {
  const { params = {}, headers = {}, verb = '', path = '', body_hash: bodyHash = '' } = request
  const lower = Object.fromEntries(Object.entries(headers).map(([k, v]) => [k.toLowerCase().trim(), String(v).trim()]))
  const signedHeaders = part('SignedHeaders')
  const headerLines = signedHeaders.split(';').filter((h) => h in lower).map((h) => `${h}:${lower[h]}`).join('\n')
  const query = verb.toUpperCase() === 'POST' ? '' : canonicalQuery(params)
  const canonical = [verb.toUpperCase(), path, query, `${headerLines}\n`, signedHeaders, bodyHash].join('\n')
  const [, ...scope] = part('Credential').split('/')
  const date = headers['X-Amz-Date'] ?? params['X-Amz-Date'] ?? ''
  if (scope.length < 4 || !date.startsWith(scope[0]!)) return undefined
  const toSign = ['AWS4-HMAC-SHA256', date, scope.join('/'), createHash('sha256').update(canonical).digest('hex')].join('\n')
  return hmac(signingKey(secret, scope), toSign).toString('hex')
}

function signingKey(secret: string, scope: string[]): Buffer {
  return hmac(hmac(hmac(hmac(`AWS4${secret}`, scope[0]!), scope[1]!), scope[2]!), 'aws4_request')
}

function canonicalQuery(params: Record<string, string>): string {
  return Object.keys(params).sort().map((key) => `${quote(key)}=${quote(String(params[key]))}`).join('&')
}

/** RFC 3986: only unreserved characters stay. */
function quote(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (c) => `%${c.codePointAt(0)!.toString(16).toUpperCase()}`)
}

/** An S3 request: `token` is the string to sign, base64url. */
export function isS3SignedBy(request: SignedRequest, secret: string): boolean {
  if (typeof request.signature !== 'string' || typeof request.token !== 'string') return false
  const toSign = Buffer.from(request.token, 'base64url')
  if (toSign.subarray(0, 4).toString() !== 'AWS4') return sameText(request.signature, createHmac('sha1', secret).update(toSign).digest('base64'))
  const lines = toSign.toString().split('\n')
  const scope = lines[2]?.split('/') ?? []
  if (lines.length !== 4 || lines[0] !== 'AWS4-HMAC-SHA256' || scope.length !== 4 || scope[3] !== 'aws4_request' || !['s3', 'iam', 'sts'].includes(scope[2]!)) return false
  return sameText(request.signature, hmac(signingKey(secret, scope), toSign).toString('hex'))
}
