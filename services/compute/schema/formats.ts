/**
 * String formats that compute's API has and the other services do not. Importing this file registers them once for
 * every compiled schema. What a name may hold: printable characters, where only plain spaces count as printable
 * space, and none of it at either end.
 */
import { isIP } from 'node:net'
import { Format } from 'typebox/format'

const NAME = /^(?![\p{C}\p{Z}])[^\p{C}\p{Zl}\p{Zp}]*(?<![\p{C}\p{Z}])$/u
/** Spaces at either end are taken off later. */
const LOOSE_NAME = /^(?=.*[^\p{C}\p{Z}])[^\p{C}\p{Zl}\p{Zp}]*$/u
const ZONE_NAME = /^(?![\p{C}\p{Z}:])[^\p{C}\p{Zl}\p{Zp}:]*(?<![\p{C}\p{Z}:])$/u
const KEYPAIR_NAME = /^[a-zA-Z0-9_\- ]*$/
const KEYPAIR_NAME_292 = /^[a-zA-Z0-9_\- @.]*$/

const SAFE = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'

/** Formats whose fault is a sentence of its own instead of "'x' is not a 'format'". */
export const NAME_FORMATS: Record<string, string> = {
  'compute-name': 'printable characters. Can not start or end with whitespace.',
  'compute-loose-name': 'printable characters with at least one non space character',
  'compute-zone-name': 'printable characters except :.Can not start or end with whitespace.',
  'compute-keypair-name': `Only expected characters: [_- ${SAFE}]`,
  'compute-keypair-name-292': `Only expected characters: [@._- ${SAFE}]`,
}

/** A number as text, between bounds: `compute-number 1 2147483647`. Text that is no number is the pattern's to refuse. */
export function numberFormat(minimum: number, maximum = Number.POSITIVE_INFINITY, exclusiveMinimum = false): string {
  const name = `compute-number ${exclusiveMinimum ? '>' : ''}${minimum} ${maximum}`
  Format.Set(name, (text) => !(exclusiveMinimum ? Number(text) <= minimum : Number(text) < minimum) && !(Number(text) > maximum))
  return name
}

/** What upstream says of a number as text that is out of bounds; undefined for other faults. */
export function numberFault(message: string, value: unknown): string | undefined {
  const found = /is not a 'compute-number (>?)(\S+) (\S+)'$/.exec(message)
  if (found === null) return undefined
  const [, exclusive, minimum, maximum] = found
  if (Number(value) > Number(maximum)) return `${String(value)} is greater than the maximum of ${maximum}`
  return `${String(value)} is less than ${exclusive === '' ? '' : 'or equal to '}the minimum of ${minimum}`
}

Format.Set('compute-name', (text) => text === '' || NAME.test(text))
Format.Set('compute-loose-name', (text) => text === '' || LOOSE_NAME.test(text))
Format.Set('compute-zone-name', (text) => text === '' || ZONE_NAME.test(text))
Format.Set('compute-keypair-name', (text) => KEYPAIR_NAME.test(text))
Format.Set('compute-keypair-name-292', (text) => KEYPAIR_NAME_292.test(text))
/** A pattern of the older kind, in which any sign may be escaped. An empty one is none. */
function isPattern(text: string): boolean {
  if (text === '') return false
  try {
    return new RegExp(text) instanceof RegExp
  } catch {
    return false
  }
}
Format.Set('compute-regex', isPattern)
Format.Set('compute-ip', (text) => isIP(text) !== 0)
