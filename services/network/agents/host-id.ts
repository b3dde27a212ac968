/** A UUID made of a host's name (version 5, RFC 9562): upstream names DHCP devices by it. */
import { createHash } from 'node:crypto'

const DNS_NAMESPACE = Buffer.from('6ba7b8109dad11d180b400c04fd430c8', 'hex')

export function hostId(host: string): string {
  const bytes = createHash('sha1').update(DNS_NAMESPACE).update(host).digest().subarray(0, 16)
  bytes[6] = (bytes[6]! & 0x0f) | 0x50
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
