/**
 * Secrets of a cloud (service password, metadata signing key, admin and demo passwords …): minted at the first
 * start, kept in one file that only its owner reads, handed out by name.
 */
import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync, renameSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'

export interface Secrets {
  /** The secret of this name; made on first use. */
  get(name: string): string
}

export function openSecrets(path: string): Secrets {
  const known = read(path)
  return {
    get(name) {
      const value = known[name]
      if (value !== undefined) return value
      const minted = randomBytes(18).toString('base64url')
      known[name] = minted
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(`${path}.new`, `${JSON.stringify(known, null, 2)}\n`, { mode: 0o600 })
      renameSync(`${path}.new`, path)
      return minted
    },
  }
}

function read(path: string): Record<string, string> {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Record<string, string>
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw new Error(`the secrets file ${path} cannot be read`, { cause: error })
  }
}
