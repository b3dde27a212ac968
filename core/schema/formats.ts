/**
 * String formats OpenStack services share. Importing this file registers them once for every compiled schema.
 */
import { isIPv4, isIPv6 } from 'node:net'
import { Format } from 'typebox/format'
import { isUuidLike } from '#core/ids/ids.ts'

const MAC = /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i

export function isCidr(text: string): boolean {
  const [address, prefix, ...rest] = text.split('/')
  if (rest.length > 0 || address === undefined || prefix === undefined || !/^\d{1,3}$/.test(prefix)) return false
  const length = Number(prefix)
  return (isIPv4(address) && length <= 32) || (isIPv6(address) && length <= 128)
}

function isDateTime(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/.test(text) && !Number.isNaN(Date.parse(text))
}

function isUri(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:/i.test(text) && URL.canParse(text)
}

/** As upstream's decoder reads it: what is no letter of base64 is passed over, and what follows complete padding too. */
function isBase64(text: string): boolean {
  let [inQuartet, padding] = [0, 0]
  for (const letter of text) {
    if (letter === '=') {
      if (inQuartet >= 2 && inQuartet + ++padding >= 4) return true
    } else if (/[A-Za-z0-9+/]/.test(letter)) {
      inQuartet = (inQuartet + 1) % 4
      padding = 0
    }
  }
  return inQuartet === 0
}

Format.Set('uuid', isUuidLike)
Format.Set('ipv4', isIPv4)
/** An address alone: a zone (`fe80::1%eth0`) means something on one host only. */
const isPlainIPv6 = (text: string): boolean => isIPv6(text) && !text.includes('%')
Format.Set('ipv6', isPlainIPv6)
Format.Set('ip', (text) => isIPv4(text) || isPlainIPv6(text))
Format.Set('cidr', isCidr)
Format.Set('mac-address', (text) => MAC.test(text))
Format.Set('date-time', isDateTime)
Format.Set('uri', isUri)
Format.Set('base64', isBase64)
