/**
 * What a cloud has on engines that it may share with others: a database per service on a MariaDB server, whose names
 * begin with the cloud's tag, and a namespace on a RabbitMQ broker. The defaults, files and a bus in the process, live
 * and die with the state folder; these do not, so `up` looks whether the names are free and `reset` takes them away.
 */
import { existsSync } from 'node:fs'
import type { DatabaseLocation } from '#core/db/database.ts'
import { dropMariaDatabases, mariaDatabases } from '#core/db/mariadb.ts'
import { explainError } from '#core/errors/errors.ts'
import { Refusal } from './refusal.ts'
import type { Secrets } from './secrets.ts'
import type { CloudSettings, StateFolder } from './settings.ts'

export function databaseOf(folder: StateFolder, settings: CloudSettings): DatabaseLocation {
  if (settings.database === 'sqlite') return { engine: 'sqlite', folder: folder.databaseFolder }
  return { engine: 'mariadb', url: settings.database, prefix: prefixOf(settings) }
}

/** For `openBus`. The namespace is this cloud's alone: what an earlier one in the same folder left in queues is nobody's. */
export function busAddressOf(settings: CloudSettings, secrets: Secrets): string | undefined {
  if (settings.bus === 'memory') return undefined
  const address = new URL(settings.bus)
  if (!address.searchParams.has('namespace')) address.searchParams.set('namespace', `${settings.tag}-${secrets.get('bus-namespace').slice(0, 8)}`)
  return address.href
}

/** For a folder that had no cloud yet. Throws `Refusal` where the server cannot be reached, or has databases of these names. */
export async function checkDatabases(folder: StateFolder, settings: CloudSettings): Promise<void> {
  if (settings.database === 'sqlite' || existsSync(folder.secretsFile)) return
  const names = await mariaDatabases(settings.database, prefixOf(settings)).catch((error: unknown) => {
    throw new Refusal(`the database server does not answer: ${explainError(error)}`, 'start it, or mend --database mysql://user:password@host:port', { cause: error })
  })
  if (names.length === 0) return
  throw new Refusal(`the database server has databases of another cloud in a folder of this name: ${names.join(', ')}`, 'bring the cloud up in another folder (--state DIR), or drop these databases when nobody needs them')
}

/** Drops what `up` made on the database server; answers the names. Throws `Refusal` where it cannot be reached. */
export async function removeDatabases(settings: CloudSettings): Promise<string[]> {
  if (settings.database === 'sqlite') return []
  return await dropMariaDatabases(settings.database, prefixOf(settings)).catch((error: unknown) => {
    throw new Refusal(`the database server does not answer, and the cloud's databases (${prefixOf(settings)}…) are on it: ${explainError(error)}`, 'start the database server and say `reset` again', { cause: error })
  })
}

function prefixOf(settings: CloudSettings): string {
  return `${settings.tag}_`
}
