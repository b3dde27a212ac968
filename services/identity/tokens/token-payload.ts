/**
 * What a token says inside its envelope: a msgpack array that begins with the number of its layout. The layouts are
 * upstream's, so tokens of either implementation can be read with the same keys. Ids that look like UUIDs travel as
 * 16 bytes, others as text; methods travel as the sum of their bits.
 */
import { decode, encode } from '@msgpack/msgpack'

export interface TokenPayload {
  userId: string
  methods: string[]
  /** Milliseconds since the epoch. */
  expiresAtMs: number
  /** The token's own audit id, then that of the first token of its chain, where it has one. */
  auditIds: string[]
  projectId?: string
  domainId?: string
  system?: 'all'
  trustId?: string
  applicationCredentialId?: string
  accessTokenId?: string
}

const UNSCOPED = 0
const DOMAIN = 1
const PROJECT = 2
const TRUST = 3
const OAUTH = 7
const SYSTEM = 8
const APPLICATION_CREDENTIAL = 9

const METHOD_BITS: readonly (readonly [string, number])[] = [
  ['external', 1], ['password', 2], ['token', 4], ['oauth1', 8], ['mapped', 16], ['application_credential', 32], ['totp', 64], ['ec2credential', 2 ** 32],
]

export function packPayload(p: TokenPayload): Uint8Array {
  const head = [packId(p.userId), packMethods(p.methods)]
  const expires = p.expiresAtMs / 1000
  const audit = p.auditIds.map((id) => Buffer.from(id, 'base64url'))
  const project = packId(p.projectId ?? '')
  if (p.trustId !== undefined) return encode([TRUST, ...head, project, expires, audit, bareId(p.trustId)])
  if (p.applicationCredentialId !== undefined) return encode([APPLICATION_CREDENTIAL, ...head, project, expires, audit, packId(p.applicationCredentialId)])
  if (p.accessTokenId !== undefined) return encode([OAUTH, ...head, project, packId(p.accessTokenId), expires, audit])
  if (p.system !== undefined) return encode([SYSTEM, ...head, p.system, expires, audit])
  if (p.projectId !== undefined) return encode([PROJECT, ...head, project, expires, audit])
  if (p.domainId !== undefined) return encode([DOMAIN, ...head, bareId(p.domainId), expires, audit])
  return encode([UNSCOPED, ...head, expires, audit])
}

/** Undefined for a layout that is not known here, or bytes that are none. */
export function unpackPayload(bytes: Uint8Array): TokenPayload | undefined {
  try {
    return readPayload(decode(bytes) as unknown[])
  } catch {
    return undefined
  }
}

function readPayload(array: unknown[]): TokenPayload | undefined {
  const [layout, user, methods, third, fourth, fifth, sixth] = array
  const base = { userId: readId(user), methods: unpackMethods(methods as number) }
  const times = (expires: unknown, audit: unknown) => ({ expiresAtMs: Math.round((expires as number) * 1000), auditIds: (audit as Uint8Array[]).map((a) => Buffer.from(a).toString('base64url')) })
  switch (layout) {
    case UNSCOPED: return { ...base, ...times(third, fourth) }
    case DOMAIN: return { ...base, domainId: readBareId(third), ...times(fourth, fifth) }
    case PROJECT: return { ...base, projectId: readId(third), ...times(fourth, fifth) }
    case TRUST: return { ...base, projectId: readId(third) || undefined, ...times(fourth, fifth), trustId: readBareId(sixth) }
    case OAUTH: return { ...base, projectId: readId(third), accessTokenId: readId(fourth), ...times(fifth, sixth) }
    case SYSTEM: return { ...base, system: 'all', ...times(fourth, fifth) }
    case APPLICATION_CREDENTIAL: return { ...base, projectId: readId(third), ...times(fourth, fifth), applicationCredentialId: readId(sixth) }
    default: return undefined
  }
}

const HEX = /^[0-9a-f]{32}$/

function packId(id: string): [boolean, Uint8Array | string] {
  return HEX.test(id) ? [true, Buffer.from(id, 'hex')] : [false, id]
}

function readId(value: unknown): string {
  const [asBytes, id] = value as [boolean, Uint8Array | string]
  return asBytes ? Buffer.from(id as Uint8Array).toString('hex') : typeof id === 'string' ? id : Buffer.from(id).toString()
}

/** Domains and trusts travel without the flag; only the default domain's id is text. */
function bareId(id: string): Uint8Array | string {
  return HEX.test(id) ? Buffer.from(id, 'hex') : id
}

function readBareId(value: unknown): string {
  return typeof value === 'string' ? value : Buffer.from(value as Uint8Array).toString('hex')
}

function packMethods(methods: string[]): number {
  return METHOD_BITS.reduce((sum, [name, bit]) => (methods.includes(name) ? sum + bit : sum), 0)
}

function unpackMethods(sum: number): string[] {
  return METHOD_BITS.filter(([, bit]) => Math.floor(sum / bit) % 2 === 1).map(([name]) => name).reverse()
}
