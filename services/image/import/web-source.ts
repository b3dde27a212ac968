/**
 * Where web-download may fetch from. A URL of a user's choosing makes this host send a request, so it must not reach
 * what only this host can reach: scheme and port must be allowed, the host must resolve, and loopback, link-local (cloud
 * metadata lives there), unspecified and multicast addresses are out, in IPv4 clothes too. Private ranges stay
 * allowed, as upstream: clouds fetch from their own mirrors. The address that was judged is the one that is connected
 * to, and every redirect is judged anew. An operator's allow-list of hosts skips the addresses' rules.
 */
import { lookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'

export interface WebRules { schemes: string[]; ports: number[]; allowedHosts: string[]; disallowedHosts: string[] }
export interface WebTarget { url: URL; address: string; family: 4 | 6 }

/** Why a URL must not be fetched. */
export class WebRefused extends Error {
  override readonly name = 'WebRefused'
}

const forbidden = new BlockList()
for (const [net, prefix] of [['127.0.0.0', 8], ['169.254.0.0', 16], ['0.0.0.0', 8], ['224.0.0.0', 4], ['255.255.255.255', 32]] as const) forbidden.addSubnet(net, prefix, 'ipv4')
for (const [net, prefix] of [['::1', 128], ['::', 128], ['fe80::', 10], ['ff00::', 8], ['::ffff:127.0.0.0', 104], ['::ffff:169.254.0.0', 112], ['::ffff:0.0.0.0', 104]] as const) forbidden.addSubnet(net, prefix, 'ipv6')

/** The address to connect to. Throws `WebRefused`. */
export async function judgeUrl(text: unknown, rules: WebRules): Promise<WebTarget> {
  if (typeof text !== 'string' || !URL.canParse(text)) throw new WebRefused('it is not a URL')
  const url = new URL(text)
  const scheme = url.protocol.slice(0, -1)
  if (!rules.schemes.includes(scheme) || (scheme !== 'http' && scheme !== 'https')) throw new WebRefused(`scheme ${scheme} is not allowed`)
  const host = bareHost(url)
  if (host === '') throw new WebRefused('it names no host')
  const named = rules.allowedHosts.length > 0
  if (!named && (host === 'localhost' || host.endsWith('.localhost'))) throw new WebRefused(`host ${host} is this host`)
  const isAllowed = rules.allowedHosts.some((h) => h.toLowerCase() === host)
  if (named && !isAllowed) throw new WebRefused(`host ${host} is not allowed`)
  if (!named && rules.disallowedHosts.some((h) => h.toLowerCase() === host)) throw new WebRefused(`host ${host} is not allowed`)
  const port = url.port === '' ? (scheme === 'http' ? 80 : 443) : Number(url.port)
  if (rules.ports.length > 0 && !rules.ports.includes(port)) throw new WebRefused(`port ${port} is not allowed`)
  for (const { address, family } of await resolve(host)) {
    if (isAllowed || (!isForbidden(address, family) && !rules.disallowedHosts.includes(address))) return { url, address, family }
  }
  throw new WebRefused(`host ${host} has no address that is allowed`)
}

function bareHost(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '').toLowerCase()
}

async function resolve(host: string): Promise<{ address: string; family: 4 | 6 }[]> {
  const literal = isIP(host)
  if (literal !== 0) return [{ address: host, family: literal as 4 | 6 }]
  try {
    return (await lookup(`${host}.`, { all: true })) as { address: string; family: 4 | 6 }[]
  } catch (error) {
    // Local names have no place in DNS; with the dot some resolvers do not know them.
    if ((error as NodeJS.ErrnoException).code === 'ENOTFOUND' && !host.includes('.')) {
      const local = await lookup(host, { all: true }).catch(() => [])
      if (local.length > 0) return local as { address: string; family: 4 | 6 }[]
    }
    throw new WebRefused(`host ${host} does not resolve`)
  }
}

function isForbidden(address: string, family: 4 | 6): boolean {
  const plain = address.split('%')[0]!
  return forbidden.check(plain, family === 4 ? 'ipv4' : 'ipv6')
}
