/** Passwords for administrators of guests: 12 characters, of which each kind appears, without look-alikes. */
import { randomInt } from 'node:crypto'

const KINDS = ['23456789', 'ABCDEFGHJKLMNPQRSTUVWXYZ', 'abcdefghijkmnopqrstuvwxyz']
const LENGTH = 12

function pick(from: string): string {
  return from[randomInt(from.length)]!
}

export function newAdminPassword(): string {
  const all = KINDS.join('')
  const signs = [...KINDS.map(pick), ...Array.from({ length: LENGTH - KINDS.length }, () => pick(all))]
  for (let at = signs.length - 1; at > 0; at -= 1) {
    const other = randomInt(at + 1)
    ;[signs[at], signs[other]] = [signs[other]!, signs[at]!]
  }
  return signs.join('')
}
